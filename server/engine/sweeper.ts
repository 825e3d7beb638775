import type { Engine } from "./engine";
import { recordAlive } from "./record-alive";
import { sweepExpired } from "./sweep-expired";
import { Trouble } from "./trouble";

const INTERVAL_MAX_MS = 1_000;
const OLD_ROWS_EVERY_MS = 60 * 60 * 1_000;

/** Ends what has run out, again and again; any number of processes may do it at once. */
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private isStopped = false;
  private cleanedAt = 0;
  private readonly trouble = new Trouble("sweeper");

  constructor(private readonly engine: () => Engine) {}

  /** Starts sweeping; a second call is harmless. */
  start(): void {
    if (this.timer === undefined && !this.isStopped) this.schedule(0);
  }

  /** Ends when the sweep in progress is over. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.sweeping;
  }

  private schedule(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep().finally(() => {
        if (!this.isStopped) this.schedule(this.intervalMs);
      });
    }, delayMs);
  }

  /** Often enough for the shortest lease. */
  private get intervalMs(): number {
    return Math.min(INTERVAL_MAX_MS, this.engine().settings.leaseSeconds * 250);
  }

  private async sweep(): Promise<void> {
    const engine = this.engine();
    try {
      await recordAlive(engine);
      await sweepExpired(engine);
      if (performance.now() - this.cleanedAt > OLD_ROWS_EVERY_MS || this.cleanedAt === 0) {
        this.cleanedAt = performance.now();
        await forgetOldRows(engine);
      }
      this.trouble.over();
    } catch (error) {
      // The database is away: the next sweep finds out how long it was, and judges nobody by that time.
      this.trouble.report(error);
    }
  }
}

/** Idempotency keys are kept for 24 h, failed sign-ins for a day. */
async function forgetOldRows({ pool }: Engine): Promise<void> {
  await pool.query("DELETE FROM idempotency_key WHERE created_at < now() - interval '25 hours'");
  await pool.query("DELETE FROM sign_in_attempt WHERE at < now() - interval '1 day'");
}
