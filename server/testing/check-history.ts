import { RUN_STATUS_AFTER, TASK_STATUS_AFTER } from "../core/event-status";
import { isSettled, rollup } from "../core/rollup";
import {
  type EventType,
  type FailurePolicy,
  isFailure,
  noTasks,
  type RunStatus,
  type TaskCounts,
  type TaskStatus,
} from "../core/status";

export interface StoredRun {
  status: RunStatus;
  settled: boolean;
  aborted: boolean;
  paused: boolean;
  started: boolean;
  dispatch: "manual" | "auto";
  on_failure: FailurePolicy;
  counts: Record<string, number>;
  last_event_number: number;
  finished_at: Date | null;
}

export interface StoredEvent {
  number: number;
  type: EventType;
  task_id: string | null;
  at: Date;
  actor_type: string;
  data: { from?: unknown; dispatch?: unknown };
}

/** What the semantics let follow on each status of a task: written down a second time, so that neither hides the other. */
const MAY_FOLLOW: Record<TaskStatus, TaskStatus[]> = {
  created: ["dispatched", "canceled", "skipped"],
  dispatched: ["queued", "canceled"],
  queued: ["running", "submit-failed", "dispatched", "cancel-requested", "success", "failed", "canceled"],
  running: ["cancel-requested", "success", "failed", "canceled"],
  "cancel-requested": ["success", "failed", "canceled"],
  success: ["created"],
  failed: ["created"],
  canceled: ["created"],
  "submit-failed": ["dispatched", "created"],
  skipped: ["created"],
};
const OPEN: TaskStatus[] = ["created", "dispatched", "queued", "running"];

interface History {
  run: StoredRun;
  tasks: { id: string; key: string; status: TaskStatus }[];
  needs: { task_id: string; needs_task_id: string }[];
  events: StoredEvent[];
}

/**
 * Replays a run's events: numbers without gaps, changes that the semantics know, dispatch only behind success, a rollup
 * that was right after every transaction, `settled` told exactly when it came true, and the present as the end of it.
 */
export function historyViolations(history: History): string[] {
  const { run, events } = history;
  const replay = new Replay(history);
  events.forEach((event, index) => {
    if (event.number !== index + 1) replay.found.push(`event ${event.number} is in place ${index + 1}`);
    if (event.at < (events[index - 1]?.at ?? event.at))
      replay.found.push(`event ${event.number} is earlier than the one before`);
    replay.take(event);
    // Events of one transaction have one time, so a later time means that it was over.
    const next = events[index + 1];
    if (next === undefined || next.at > event.at) replay.checkCommitted(event);
  });
  if (events.length !== run.last_event_number)
    replay.found.push(`${events.length} events, the run says ${run.last_event_number}`);
  replay.checkPresent();
  return replay.found;
}

class Replay {
  readonly found: string[] = [];
  private readonly now: Map<string, TaskStatus>;
  private readonly keys: Map<string, string>;
  private readonly needsOf = new Map<string, string[]>();
  private readonly counts: TaskCounts = noTasks();
  private status: RunStatus = "created";
  private isAborted = false;
  private hasStarted = false;
  private settledAt: Date | null = null;
  /** Pauses and pending retries hold `settled` back, which the tasks' statuses alone do not tell. */
  private readonly canTellSettled: boolean;

  constructor(private readonly history: History) {
    this.now = new Map(history.tasks.map((task) => [task.id, "created"]));
    this.keys = new Map(history.tasks.map((task) => [task.id, task.key]));
    this.counts.created = history.tasks.length;
    for (const { task_id, needs_task_id } of history.needs)
      this.needsOf.set(task_id, [...(this.needsOf.get(task_id) ?? []), needs_task_id]);
    const hides: EventType[] = ["workflow_run.paused", "task.retry_scheduled"];
    this.canTellSettled = !history.run.paused && !history.events.some((event) => hides.includes(event.type));
  }

  take(event: StoredEvent): void {
    if (event.type === "workflow_run.settled") this.takeSettled(event);
    const next = RUN_STATUS_AFTER[event.type];
    if (next) this.takeRunStatus(event, next);
    const to = TASK_STATUS_AFTER[event.type];
    if (to && event.task_id !== null) this.takeTask(event, event.task_id, to);
  }

  private takeTask(event: StoredEvent, taskId: string, to: TaskStatus): void {
    const from = this.now.get(taskId);
    const key = this.keys.get(taskId) ?? taskId;
    if (from === undefined) {
      this.found.push(`event ${event.number} is about a task of another run`);
      return;
    }
    if (!MAY_FOLLOW[from].includes(to)) this.found.push(`event ${event.number} leads ${key} from ${from} to ${to}`);
    if (event.data.from !== from)
      this.found.push(`event ${event.number} says that ${key} was ${event.data.from}, it was ${from}`);
    if (this.isAborted && (to === "dispatched" || to === "queued"))
      this.found.push(`event ${event.number} has ${key} ${to} after the abort`);
    if (to === "dispatched" && (from === "created" || isFailure(from)))
      for (const need of this.needsOf.get(taskId) ?? [])
        if (this.now.get(need) !== "success")
          this.found.push(`event ${event.number} dispatches ${key} before ${this.keys.get(need)}, which it needs`);
    this.now.set(taskId, to);
    this.counts[from] -= 1;
    this.counts[to] += 1;
  }

  private takeRunStatus(event: StoredEvent, next: RunStatus): void {
    if (event.type === "workflow_run.created" && event.number === 1) return;
    if (next === this.status) this.found.push(`event ${event.number} changes nothing`);
    if (this.isAborted) this.found.push(`event ${event.number} ends an abort, which is final`);
    this.status = next;
    this.hasStarted ||= next !== "created";
    if (next === "success") this.settledAt = event.at;
    if (next !== "aborted") return;
    this.isAborted = true;
    for (const [id, status] of this.now)
      if (OPEN.includes(status))
        this.found.push(`event ${event.number} aborts and leaves ${this.keys.get(id)} ${status}`);
  }

  private takeSettled(event: StoredEvent): void {
    if (this.settledAt !== null) this.found.push(`event ${event.number} settles what was settled`);
    if (!this.computeSettled()) this.found.push(`event ${event.number} settles a run that is not over`);
    this.settledAt = event.at;
  }

  private computeSettled(): boolean {
    return isSettled(this.status, false, this.counts, 0);
  }

  /** The state after a transaction. */
  checkCommitted(event: StoredEvent): void {
    const paused = this.status === "paused";
    const flags = { aborted: this.isAborted, paused, started: this.hasStarted };
    const rolled = rollup(flags, this.counts);
    if (this.canTellSettled && rolled !== this.status)
      this.found.push(`after event ${event.number} the run is ${this.status}, the rollup says ${rolled}`);
    const isOver = this.computeSettled();
    if (!isOver) this.settledAt = null;
    else if (this.settledAt === null && this.canTellSettled)
      this.found.push(`after event ${event.number} the run is over and nothing says that it settled`);
  }

  checkPresent(): void {
    const { run, tasks } = this.history;
    if (this.status !== run.status) this.found.push(`events replay to ${this.status}, the run is ${run.status}`);
    for (const task of tasks)
      if (this.now.get(task.id) !== task.status)
        this.found.push(`events replay ${task.key} to ${this.now.get(task.id)}, it is ${task.status}`);
    if (!this.canTellSettled) return;
    if (run.settled !== (this.settledAt !== null))
      this.found.push(`settled is ${run.settled}, the events say otherwise`);
    if (run.finished_at?.getTime() !== this.settledAt?.getTime())
      this.found.push(`finished_at is ${run.finished_at?.toISOString()}, it settled ${this.settledAt?.toISOString()}`);
  }
}
