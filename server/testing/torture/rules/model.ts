import type { DispatchMode, RunStatus, TaskStatus } from "../../../core/status";
import type { TaskChange } from "../../../core/transitions";
import { MODEL_EVENT, modelNext } from "./model-table";
import type { Answer, Operation, RunPlan, Transaction } from "./operation";

export interface ModelTask {
  status: TaskStatus;
  attempt: number;
  leasesLost: number;
  dispatchedAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
}

/** An event as far as the model foresees it; `task` is null for the run's own. */
export interface ModelEvent {
  task: number | null;
  type: string;
}

/**
 * A run as semantics.md tells it and no more: statuses and flags. Whatever follows from them is worked out anew each
 * time it is asked for, so nothing can be out of date.
 */
export class Model {
  readonly tasks: ModelTask[];
  dispatch: DispatchMode;
  aborted = false;
  paused = false;
  started = false;
  status: RunStatus = "created";
  settled = false;
  startedAt: number | null = null;
  finishedAt: number | null = null;
  /** Of the last transaction. */
  events: ModelEvent[] = [];
  private readonly allPlaces: readonly number[];
  private now = 0;
  private hasNewFailure = false;

  constructor(readonly plan: RunPlan) {
    this.dispatch = plan.dispatch;
    this.allPlaces = [...plan.needs.keys()];
    this.tasks = plan.needs.map(() => ({
      status: "created",
      attempt: 0,
      leasesLost: 0,
      dispatchedAt: null,
      startedAt: null,
      finishedAt: null,
    }));
  }

  /** The transaction that creates the run. */
  create(now: number): void {
    this.begin(now);
    this.events.push({ task: null, type: "workflow_run.created" });
    this.autoDispatch();
    this.end();
  }

  /** Does everything of one transaction; answers for each operation what came of it. */
  transact({ operations, claims }: Transaction, now: number): Answer[] {
    this.begin(now);
    const answers = operations.map((operation) => this.operate(operation));
    if (this.plan.onFailure === "cancel" && this.hasNewFailure && !this.aborted)
      for (const task of this.tasks.keys()) this.change(task, "stop-after-failure");
    this.autoDispatch();
    for (const task of this.claimable().slice(0, claims)) this.change(task, "claim");
    this.end();
    return answers;
  }

  /** The run's own part, for messages. */
  facts(): object {
    const { status, settled, aborted, paused, started, dispatch, startedAt, finishedAt } = this;
    return { status, settled, aborted, paused, started, dispatch, startedAt, finishedAt };
  }

  unmet(task: number): number[] {
    return (this.plan.needs[task] ?? []).filter((need) => this.tasks[need]?.status !== "success");
  }

  /** Whether a dependency-wise free task may be handed out, leaving aside what holds the whole run back. */
  isFree(task: number): boolean {
    const status = this.tasks[task]?.status;
    if (status !== "created" && status !== "submit-failed") return false;
    return (this.plan.needs[task] ?? []).every((need) => this.tasks[need]?.status === "success");
  }

  isReady(task: number): boolean {
    return this.isFree(task) && !this.aborted && !this.paused;
  }

  /** For each task whether it is created behind a dependency that can no longer be satisfied. */
  blocked(): boolean[] {
    const blocked: boolean[] = [];
    // Needs come before whoever needs them.
    for (const [task, { status }] of this.tasks.entries()) {
      let isBlocked = false;
      if (status === "created")
        for (const need of this.plan.needs[task] ?? [])
          isBlocked ||= blocked[need] === true || this.isFailure(need) || this.tasks[need]?.status === "skipped";
      blocked.push(isBlocked);
    }
    return blocked;
  }

  isFailure(task: number): boolean {
    const status = this.tasks[task]?.status;
    return status === "failed" || status === "canceled" || status === "submit-failed";
  }

  isActive(task: number): boolean {
    const status = this.tasks[task]?.status;
    return status === "dispatched" || status === "queued" || status === "running" || status === "cancel-requested";
  }

  places(): readonly number[] {
    return this.allPlaces;
  }

  /** Whether auto mode may start something now. */
  mayAuto(): boolean {
    if (this.dispatch !== "auto" || this.aborted || this.paused) return false;
    return this.plan.onFailure === "continue" || !this.places().some((task) => this.isFailure(task));
  }

  private begin(now: number): void {
    this.now = now;
    this.events = [];
    this.hasNewFailure = false;
  }

  private end(): void {
    const before = this.status;
    this.status = this.rollup();
    if (this.status !== "created") this.started = true;
    if (this.status !== before) this.events.push({ task: null, type: runEvent(before, this.status) });
    if (this.places().some((task) => this.isActive(task))) this.startedAt ??= this.now;
    const settled = this.isSettled();
    if (settled && !this.settled) {
      this.finishedAt = this.now;
      if (this.status !== "success") this.events.push({ task: null, type: "workflow_run.settled" });
    }
    if (!settled) this.finishedAt = null;
    this.settled = settled;
  }

  private rollup(): RunStatus {
    const all = this.places();
    if (this.aborted) return "aborted";
    const isDone = (task: number) => ["success", "skipped"].includes(this.tasks[task]?.status ?? "");
    if (all.length > 0 && all.every(isDone)) return "success";
    if (all.some((task) => this.isFailure(task))) return "failed";
    if (this.paused) return "paused";
    return this.started || all.some((task) => this.isActive(task)) ? "running" : "created";
  }

  private isSettled(): boolean {
    if (this.status === "success") return true;
    if (this.status !== "failed" && this.status !== "aborted") return false;
    if (this.places().some((task) => this.isActive(task))) return false;
    if (this.status === "aborted") return true;
    const isWaiting = this.mayAuto() && this.places().some((task) => this.isAutoStartable(task));
    return !this.paused && !isWaiting;
  }

  private isAutoStartable(task: number): boolean {
    return this.tasks[task]?.status === "created" && this.isReady(task);
  }

  private autoDispatch(): void {
    if (!this.mayAuto()) return;
    for (const task of this.places()) if (this.isAutoStartable(task)) this.change(task, "dispatch");
  }

  private claimable(): number[] {
    if (this.aborted || this.paused) return [];
    const at = (task: number) => this.tasks[task]?.dispatchedAt ?? 0;
    return this.places()
      .filter((task) => this.tasks[task]?.status === "dispatched")
      .sort((a, b) => at(a) - at(b) || a - b);
  }

  private operate(operation: Operation): Answer {
    switch (operation.kind) {
      case "change":
        return this.change(operation.task, operation.change) ? "done" : "nothing";
      case "dispatch-first": {
        if (this.aborted || this.paused) return "refused";
        // Created tasks before those that a runner could not start, each in template order.
        const rank = (task: number) => (this.tasks[task]?.status === "submit-failed" ? 1 : 0);
        const ready = this.places().filter((task) => this.isReady(task));
        ready.sort((a, b) => rank(a) - rank(b) || a - b);
        return this.dispatchAll(ready.slice(0, operation.count));
      }
      case "dispatch-keys":
        if (this.aborted || this.paused) return "refused";
        return this.dispatchAll(this.places().filter((t) => operation.tasks.includes(t) && this.isReady(t)));
      case "abort":
        if (this.aborted) return "nothing";
        if (this.settled) return "refused";
        this.aborted = true;
        for (const task of this.places()) this.change(task, "abort");
        return "done";
      case "mode":
        if (this.aborted || this.status === "success") return "refused";
        if (this.dispatch === operation.dispatch) return "nothing";
        this.dispatch = operation.dispatch;
        this.events.push({ task: null, type: "workflow_run.dispatch_mode_changed" });
        return "done";
      case "pause":
        if (this.status !== "created" && this.status !== "running") return "refused";
        this.paused = true;
        return "done";
      case "resume":
        if (!this.paused) return "nothing";
        this.paused = false;
        return "done";
    }
  }

  private dispatchAll(tasks: number[]): Answer {
    for (const task of tasks) this.change(task, "dispatch");
    return tasks.length > 0 ? "done" : "nothing";
  }

  private change(place: number, change: TaskChange): boolean {
    const task = this.tasks[place];
    const to = task ? modelNext(task.status, change) : null;
    if (!task || to === null || (change === "dispatch" && !this.isFree(place))) return false;
    const from = task.status;
    task.status = to;
    this.note(task, change, from);
    if (to === from) return true;
    this.events.push({ task: place, type: MODEL_EVENT[to] });
    if (this.isFailure(place)) this.hasNewFailure = true;
    return true;
  }

  /** Attempts, lost leases and times. */
  private note(task: ModelTask, change: TaskChange, from: TaskStatus): void {
    if (change === "dispatch") {
      Object.assign(task, { dispatchedAt: this.now, leasesLost: 0, startedAt: null, finishedAt: null });
      return;
    }
    if (change === "claim") task.attempt += 1;
    if (change === "start") task.startedAt = this.now;
    if (change === "lose-lease" && from === "queued") task.leasesLost += 1;
    const isOutcome = change === "report-success" || change === "report-failed" || change === "report-canceled";
    if (isOutcome) task.startedAt ??= this.now;
    const hasEnded = !["created", "dispatched", "queued", "running", "cancel-requested"].includes(task.status);
    if (hasEnded) task.finishedAt = this.now;
  }
}

function runEvent(before: RunStatus, status: RunStatus): string {
  if (status === "success") return "workflow_run.succeeded";
  if (status === "running" && before === "paused") return "workflow_run.resumed";
  return `workflow_run.${status}`;
}
