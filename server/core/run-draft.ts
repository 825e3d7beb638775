import { autoMayDispatch, countActive, isSettled, rollup } from "./rollup";
import {
  type DispatchMode,
  type EventType,
  type FailurePolicy,
  isFailure,
  type RunStatus,
  type TaskCounts,
  type TaskStatus,
} from "./status";
import { eventOfChange, nextStatus, type TaskChange } from "./transitions";

/** Who did it; kept with every event. */
export interface Actor {
  type: "user" | "api_token" | "runner" | "system";
  id: string | null;
  name: string;
}

export const SYSTEM_ACTOR: Actor = { type: "system", id: null, name: "Switchyard" };

/** A run as its locked row says. */
export interface RunFacts {
  id: string;
  teamId: string;
  number: number;
  status: RunStatus;
  settled: boolean;
  aborted: boolean;
  paused: boolean;
  started: boolean;
  dispatch: DispatchMode;
  onFailure: FailurePolicy;
  counts: TaskCounts;
  lastEventNumber: number;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** A task as its row says; the fields that a change may touch. */
export interface TaskFacts {
  id: string;
  position: number;
  key: string;
  status: TaskStatus;
  unmetNeeds: number;
  attempt: number;
  leasesLost: number;
  attemptId: string | null;
  runnerId: string | null;
  reason: string | null;
  exitCode: number | null;
  dispatchedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  runsOn: string[];
}

export interface EventDraft {
  number: number;
  type: EventType;
  taskId: string | null;
  actor: Actor;
  data: Record<string, unknown>;
}

/** What a change says beside its word. */
export interface ChangeDetails {
  reason?: string | null;
  exitCode?: number | null;
  /** For `claim`: the attempt's id and its runner. */
  attemptId?: string;
  runnerId?: string;
  data?: Record<string, unknown>;
}

/** Whether a person may dispatch it now: the one answer that dispatcher, API, plan and graph use. */
export function isReady(task: Pick<TaskFacts, "status" | "unmetNeeds">): boolean {
  return (task.status === "created" || task.status === "submit-failed") && task.unmetNeeds === 0;
}

/**
 * One transaction's worth of changes to one run: applies the transition table to facts, keeps the counts, numbers the
 * events and, once, takes the rollup. No clock and no database: `now` comes in, differences go out.
 */
export class RunDraft {
  readonly events: EventDraft[] = [];
  readonly succeeded: TaskFacts[] = [];
  private readonly tasks = new Map<string, { facts: TaskFacts; from: TaskStatus; touched: boolean }>();
  private failedAnew = false;
  private abort: { actor: Actor; data: Record<string, unknown> } | undefined;

  /** Whether auto mode was held back when the draft was made. */
  private readonly wasHeldBack: boolean;

  constructor(
    readonly run: RunFacts,
    readonly now: Date,
  ) {
    this.wasHeldBack = !autoMayDispatch(run, run.counts);
  }

  /** Takes a task into the draft, or returns the copy that is already in it with what has changed so far. */
  take(facts: TaskFacts): TaskFacts {
    const known = this.tasks.get(facts.id);
    if (known) return known.facts;
    const copy = { ...facts };
    this.tasks.set(facts.id, { facts: copy, from: facts.status, touched: false });
    return copy;
  }

  /** The tasks that differ from their rows, each with the status that its row must still have. */
  changedTasks(): { facts: TaskFacts; from: TaskStatus }[] {
    return [...this.tasks.values()].filter((task) => task.touched);
  }

  /** The tasks in the draft that wait for a runner, those that have waited longest first. */
  dispatchedTasks(): TaskFacts[] {
    const since = (task: TaskFacts) => task.dispatchedAt?.getTime() ?? 0;
    return [...this.tasks.values()]
      .map((task) => task.facts)
      .filter((task) => task.status === "dispatched")
      .sort((a, b) => since(a) - since(b) || a.position - b.position);
  }

  /** Whether a task went into failure in this draft. */
  get hasNewFailure(): boolean {
    return this.failedAnew;
  }

  /** Applies one change to a taken task; false, and nothing changed, where the table has no such row. */
  apply(task: TaskFacts, change: TaskChange, actor: Actor, details: ChangeDetails = {}): boolean {
    const entry = this.tasks.get(task.id);
    if (!entry || entry.facts !== task) throw new Error(`task ${task.id} was not taken into the draft`);
    const to = nextStatus(task.status, change);
    if (to === null || (change === "dispatch" && !isReady(task))) return false;
    const from = task.status;
    entry.touched = true;
    this.patch(task, change, to, details);
    if (to === from) return true;
    task.status = to;
    this.run.counts[from] -= 1;
    this.run.counts[to] += 1;
    if (to === "success") this.succeeded.push(task);
    if (isFailure(to)) this.failedAnew = true;
    this.record(eventOfChange(to, change), task.id, actor, {
      from,
      attempt: task.attempt,
      ...(task.reason === null ? {} : { reason: task.reason }),
      ...(task.exitCode === null ? {} : { exit_code: task.exitCode }),
      ...(task.runnerId === null ? {} : { runner_id: task.runnerId }),
      ...details.data,
    });
    return true;
  }

  /** Notes that `count` more of what a taken task needs are success. */
  meetNeeds(task: TaskFacts, count: number): void {
    const entry = this.tasks.get(task.id);
    if (!entry) throw new Error(`task ${task.id} was not taken into the draft`);
    task.unmetNeeds -= count;
    entry.touched = true;
  }

  /** Whether auto mode would dispatch a ready `created` task now. */
  get mayAutoDispatch(): boolean {
    return autoMayDispatch(this.run, this.run.counts);
  }

  /** Whether auto mode may go on again: what became ready while it was held back is to be dispatched now. */
  get resumesAutoDispatch(): boolean {
    return this.wasHeldBack && this.mayAutoDispatch;
  }

  /** Adds an event of the run itself. */
  record(type: EventType, taskId: string | null, actor: Actor, data: Record<string, unknown>): void {
    this.run.lastEventNumber += 1;
    this.events.push({ number: this.run.lastEventNumber, type, taskId, actor, data });
  }

  /** Says who aborts the run, and why, for the event that tells of it. */
  abortedBy(actor: Actor, reason: string | undefined): void {
    this.abort = { actor, data: reason === undefined ? {} : { reason } };
  }

  /** Takes the rollup; called once, after every change. A status that stays writes no event. */
  finish(actor: Actor): void {
    const run = this.run;
    const before = run.status;
    run.status = rollup(run, run.counts);
    run.started ||= run.status !== "created";
    if (run.status !== before)
      this.record(eventOfRun(run.status, before), null, this.abort?.actor ?? actor, {
        from: before,
        ...this.abort?.data,
      });
    if (countActive(run.counts) > 0) run.startedAt ??= this.now;
    const settled = isSettled(run.status, run.paused, run.counts, 0);
    if (settled && !run.settled) {
      run.finishedAt = this.now;
      if (run.status !== "success") this.record("workflow_run.settled", null, actor, {});
    }
    if (!settled) run.finishedAt = null;
    run.settled = settled;
  }

  private patch(task: TaskFacts, change: TaskChange, to: TaskStatus, details: ChangeDetails): void {
    switch (change) {
      case "dispatch":
        task.dispatchedAt = this.now;
        task.leasesLost = 0;
        clearOutcome(task);
        return;
      case "claim":
        task.attempt += 1;
        task.attemptId = details.attemptId ?? null;
        task.runnerId = details.runnerId ?? null;
        return;
      case "start":
        task.startedAt = this.now;
        return;
      case "lose-lease":
        if (to === "dispatched") {
          task.leasesLost += 1;
          task.runnerId = null;
          return;
        }
        break;
      default:
        break;
    }
    if (to === "cancel-requested") {
      task.reason = details.reason ?? null;
      return;
    }
    task.reason = details.reason ?? null;
    task.exitCode = details.exitCode ?? null;
    task.finishedAt = this.now;
    // A runner that reports an outcome without `running` before it started and ended it in one breath.
    if (change === "report-success" || change === "report-failed" || change === "report-canceled")
      task.startedAt ??= this.now;
  }
}

function clearOutcome(task: TaskFacts): void {
  task.attemptId = null;
  task.runnerId = null;
  task.reason = null;
  task.exitCode = null;
  task.startedAt = null;
  task.finishedAt = null;
}

function eventOfRun(status: RunStatus, before: RunStatus): EventType {
  switch (status) {
    case "created":
      return "workflow_run.created";
    case "running":
      return before === "paused" ? "workflow_run.resumed" : "workflow_run.running";
    case "paused":
      return "workflow_run.paused";
    case "success":
      return "workflow_run.succeeded";
    case "failed":
      return "workflow_run.failed";
    case "aborted":
      return "workflow_run.aborted";
  }
}
