/** Says on stderr when a background loop meets trouble, and when it is over: once each, not at every turn. */
export class Trouble {
  private current: string | undefined;

  constructor(private readonly who: string) {}

  report(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== this.current) console.error(`${this.who}: ${message}; trying again`);
    this.current = message;
  }

  over(): void {
    if (this.current !== undefined) console.error(`${this.who}: all is well again`);
    this.current = undefined;
  }
}
