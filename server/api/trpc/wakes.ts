import type { Engine } from "../../engine/engine";

/** Collects wakes of topics for a loop that may be busy when they come. */
export class Wakes {
  private woken = new Set<string>();
  private resolve: (() => void) | undefined;
  private readonly off: (() => void)[];

  constructor(
    bus: Engine["bus"],
    private readonly signal: AbortSignal,
    topics: string[],
  ) {
    this.off = topics.map((topic) =>
      bus.on(topic, () => {
        this.woken.add(topic);
        this.resolve?.();
      }),
    );
  }

  /** The topics woken since the last call; waits for one, but no longer than this. */
  async next(ms: number): Promise<Set<string>> {
    if (this.woken.size === 0) await this.wait(ms, true);
    const woken = this.woken;
    this.woken = new Set();
    return woken;
  }

  /** Lets wakes gather for a moment. */
  pause(ms: number): Promise<void> {
    return this.wait(ms, false);
  }

  close(): void {
    for (const off of this.off) off();
  }

  private wait(ms: number, untilWoken: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (this.signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        this.signal.removeEventListener("abort", done);
        this.resolve = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.signal.addEventListener("abort", done, { once: true });
      if (untilWoken) this.resolve = done;
    });
  }
}
