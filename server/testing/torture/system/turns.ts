/** Lets many share, or one be alone; who comes first goes first. */
export class Turns {
  private readonly waiting: { isAlone: boolean; begin: () => void }[] = [];
  private sharing = 0;
  private isTaken = false;

  /** Does the work when its turn has come. */
  async take<T>(isAlone: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      this.waiting.push({ isAlone, begin });
      this.letIn();
    });
    try {
      return await work();
    } finally {
      if (isAlone) this.isTaken = false;
      else this.sharing -= 1;
      this.letIn();
    }
  }

  private letIn(): void {
    for (let first = this.waiting[0]; first && !this.isTaken; first = this.waiting[0]) {
      if (first.isAlone && this.sharing > 0) return;
      if (first.isAlone) this.isTaken = true;
      else this.sharing += 1;
      this.waiting.shift();
      first.begin();
    }
  }
}
