import type { Bus } from "../db/bus";

/** Hears, from its making to its closing, whether something calls the runner of one sync: a cancel, or another sync. */
export class RunnerCall {
  private called = false;
  private words = 0;
  private known = 0;
  private onCall: (() => void) | undefined;
  private readonly offs: (() => void)[];

  constructor(bus: Bus, runnerId: string) {
    this.offs = [
      bus.on(`runner:${runnerId}`, () => {
        this.called = true;
        this.onCall?.();
      }),
      bus.on(`sync:${runnerId}`, () => {
        this.words += 1;
        this.onCall?.();
      }),
    ];
  }

  get wasCalled(): boolean {
    return this.called;
  }

  /**
   * Whether a sync that came later has taken this one's place before anybody waited. What was heard besides the `own`
   * words may also be of an earlier sync: then `isCurrent` decides.
   */
  async isSuperseded(own: number, isCurrent: () => Promise<boolean>): Promise<boolean> {
    this.known = this.words;
    return this.known > own && !(await isCurrent());
  }

  /** Calls back when it is called, at once where that has happened already. */
  listen(onCall: () => void): void {
    this.onCall = onCall;
    if (this.called || this.words > this.known) onCall();
  }

  close(): void {
    for (const off of this.offs) off();
    this.onCall = undefined;
  }
}
