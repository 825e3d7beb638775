/** Something to wait for that may happen at any time: a call of `ring` ends the present or the next wait. */
export class Wake {
  private hasRung = false;
  private resolve: (() => void) | null = null;

  ring(): void {
    this.hasRung = true;
    this.resolve?.();
  }

  /** Resolves after a ring, or when `ms` have passed, or when `other` has ended; true only for a ring. */
  async wait(ms: number, other?: Promise<unknown>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    if (!this.hasRung) {
      await new Promise<void>((resolve) => {
        this.resolve = resolve;
        if (Number.isFinite(ms)) timer = setTimeout(resolve, ms);
        other?.then(
          () => resolve(),
          () => resolve(),
        );
      });
      clearTimeout(timer);
      this.resolve = null;
    }
    const rung = this.hasRung;
    this.hasRung = false;
    return rung;
  }
}
