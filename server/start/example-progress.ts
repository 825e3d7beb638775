import { TASK_STATUS_AFTER } from "../core/event-status";
import { noTasks, type TaskStatus } from "../core/status";
import type { RunEvent } from "./example-client";

/** Follows a run from its events and says in one line how far it is. */
export class Progress {
  private readonly statuses = new Map<string, TaskStatus>();

  constructor(private readonly total: number) {}

  /** Takes one event; answers a line worth keeping when something went wrong. */
  take(event: RunEvent): string | null {
    const status = TASK_STATUS_AFTER[event.type];
    if (status === undefined || event.task_key === undefined) return null;
    this.statuses.set(event.task_key, status);
    if (status !== "failed" && status !== "submit-failed" && status !== "canceled") return null;
    const { reason, exit_code: exitCode } = event.data ?? {};
    // A step that just failed has no other reason than its exit code.
    const code = typeof exitCode === "number" && reason !== `exit ${exitCode}` ? `exit code ${exitCode}` : null;
    const details = [reason, code].filter(Boolean).join(", ");
    return `✗ ${event.task_key} ${status}${details === "" ? "" : ` (${details})`}`;
  }

  /** `12 of 58 done · 4 running · 1 failed`. */
  line(): string {
    const counts = noTasks();
    for (const status of this.statuses.values()) counts[status]++;
    const parts = [
      [counts.running, "running"],
      [counts.dispatched + counts.queued, "waiting for a runner"],
      [counts["cancel-requested"], "stopping"],
      [counts.failed + counts["submit-failed"], "failed"],
      [counts.canceled, "canceled"],
    ] as const;
    const shown = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
    return [`${counts.success + counts.skipped} of ${this.total} done`, ...shown].join(" · ");
  }
}

/** Writes a line that the next one replaces; where that cannot be, a line now and then. */
export class StatusLine {
  private shown = "";
  private writtenAt = 0;

  constructor(
    private readonly out: NodeJS.WriteStream,
    private readonly everyMs = 2_000,
  ) {}

  update(text: string): void {
    if (text === this.shown) return;
    if (this.out.isTTY) this.out.write(`\r\u001b[K${text.slice(0, this.out.columns - 1)}`);
    else if (Date.now() - this.writtenAt >= this.everyMs) {
      this.out.write(`${text}\n`);
      this.writtenAt = Date.now();
    } else return;
    this.shown = text;
  }

  keep(text: string): void {
    this.out.write(this.out.isTTY ? `\r\u001b[K${text}\n` : `${text}\n`);
    this.shown = "";
  }
}
