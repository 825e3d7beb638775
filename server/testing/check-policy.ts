import { TASK_STATUS_AFTER } from "../core/event-status";
import { isFailure, type TaskStatus } from "../core/status";
import type { StoredEvent, StoredRun } from "./check-history";

/**
 * Whether a run kept to its mode and its `on-failure`: in manual mode, and beside a failure unless it is to go on,
 * nothing is dispatched by itself; with `cancel` the transaction of a failure stops everything that is active.
 */
export function policyViolations(history: {
  run: StoredRun;
  tasks: { id: string; key: string }[];
  events: StoredEvent[];
}): string[] {
  const { events } = history;
  // A retry is dispatched in both modes, and a failure that is retried is none.
  if (events.some((event) => event.type === "task.retry_scheduled")) return [];
  const replay = new PolicyReplay(history);
  events.forEach((event, index) => {
    replay.take(event);
    // Events of one transaction have one time.
    const next = events[index + 1];
    if (next === undefined || next.at > event.at) replay.checkCommitted(event);
  });
  return replay.found;
}

class PolicyReplay {
  readonly found: string[] = [];
  private readonly now = new Map<string, TaskStatus>();
  private readonly keys: Map<string, string>;
  private readonly onFailure: StoredRun["on_failure"];
  private failures = 0;
  private mode: string;
  private isAborted = false;
  /** What was active at a failure and has not been stopped. */
  private readonly due = new Set<string>();

  constructor({ run, tasks, events }: Parameters<typeof policyViolations>[0]) {
    this.keys = new Map(tasks.map((task) => [task.id, task.key]));
    this.onFailure = run.on_failure;
    const firstSwitch = events.find((event) => event.type === "workflow_run.dispatch_mode_changed");
    this.mode = firstSwitch ? String(firstSwitch.data.from) : run.dispatch;
  }

  take(event: StoredEvent): void {
    if (event.type === "workflow_run.aborted") this.isAborted = true;
    if (event.type === "workflow_run.dispatch_mode_changed") this.mode = String(event.data.dispatch);
    const to = TASK_STATUS_AFTER[event.type];
    if (to && event.task_id !== null) this.takeTask(event, event.task_id, to);
  }

  private takeTask(event: StoredEvent, taskId: string, to: TaskStatus): void {
    const from = this.now.get(taskId) ?? "created";
    if (to === "dispatched" && from === "created" && event.actor_type === "system")
      this.checkOwnDispatch(event, taskId);
    if (isFailure(from)) this.failures -= 1;
    this.now.set(taskId, to);
    if (!canStop(to)) this.due.delete(taskId);
    if (!isFailure(to)) return;
    this.failures += 1;
    if (this.onFailure !== "cancel" || this.isAborted) return;
    for (const [id, status] of this.now) if (canStop(status)) this.due.add(id);
  }

  private checkOwnDispatch(event: StoredEvent, taskId: string): void {
    const says = `event ${event.number} dispatches ${this.keys.get(taskId)} by itself`;
    if (this.mode !== "auto") this.found.push(`${says} in manual mode`);
    if (this.failures > 0 && this.onFailure !== "continue")
      this.found.push(`${says} beside a failure, with on-failure: ${this.onFailure}`);
  }

  /** The state after a transaction. */
  checkCommitted(event: StoredEvent): void {
    for (const id of this.due)
      this.found.push(`after event ${event.number} a failure has left ${this.keys.get(id)} ${this.now.get(id)}`);
    this.due.clear();
  }
}

/** What a failure stops: everything active that is not stopping already. */
function canStop(status: TaskStatus): boolean {
  return status === "dispatched" || status === "queued" || status === "running";
}
