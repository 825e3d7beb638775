import type { Bus } from "../db/bus";

/** Hears, from its making to its closing, whether something calls the runner of one sync: a cancel, or a newer sync. */
export class RunnerCall {
  private called = false;
  private superseded = false;
  private onCall: (() => void) | undefined;
  private readonly offs: (() => void)[];

  constructor(bus: Bus, runnerId: string) {
    this.offs = [
      bus.on(`runner:${runnerId}`, () => {
        this.called = true;
        this.onCall?.();
      }),
      bus.on(`sync:${runnerId}`, () => {
        // Before anybody waits it is this sync's own word to the other processes.
        this.superseded = this.onCall !== undefined;
        this.onCall?.();
      }),
    ];
  }

  get wasCalled(): boolean {
    return this.called;
  }

  /** Calls back once, at once where it was called already. */
  listen(onCall: () => void): void {
    this.onCall = onCall;
    if (this.called || this.superseded) onCall();
  }

  close(): void {
    for (const off of this.offs) off();
    this.onCall = undefined;
  }
}
