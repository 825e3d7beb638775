import { setTimeout as pause } from "node:timers/promises";
import { BUSY_MS } from "./times";

const EVERY_MS = 100;

/** Notes when the machine has no time: when this program is late itself, or a server that nobody hurts answers slowly. */
export class BusyTimes {
  readonly found: { fromMs: number; toMs: number }[] = [];
  private isClosed = false;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly url: string) {}

  /** Begins to measure. */
  start(): void {
    this.looking = this.goOn();
  }

  /** Ends when the measurement in progress has ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.looking;
  }

  private async goOn(): Promise<void> {
    while (!this.isClosed) {
      const fromMs = Date.now();
      await this.ask();
      await pause(EVERY_MS);
      const toMs = Date.now();
      if (toMs - fromMs > BUSY_MS + EVERY_MS) this.found.push({ fromMs, toMs });
    }
  }

  private async ask(): Promise<void> {
    try {
      await (await fetch(this.url, { signal: AbortSignal.timeout(5_000) })).arrayBuffer();
    } catch {
      // No server at all: that is a disturbance of its own, noted by whoever caused it.
    }
  }
}
