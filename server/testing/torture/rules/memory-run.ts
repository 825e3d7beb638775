import { isReady, RunDraft, type RunFacts, SYSTEM_ACTOR, type TaskFacts } from "../../../core/run-draft";
import { noTasks, type TaskStatus } from "../../../core/status";
import type { Answer, Operation, RunPlan, Transaction } from "./operation";

const ACTOR = SYSTEM_ACTOR;

/**
 * A run of the pure core with two arrays for a database. It loads what the engine's verbs load, under the same
 * conditions and in the same order; everything else is the core's.
 */
export class MemoryRun {
  run: RunFacts;
  readonly tasks: TaskFacts[];
  /** What the last committed transaction wrote. */
  events: RunDraft["events"] = [];
  private readonly dependents: number[][];

  constructor(plan: RunPlan) {
    this.tasks = plan.needs.map((needs, position) => newTask(position, needs.length));
    this.dependents = plan.needs.map(() => []);
    for (const [task, needs] of plan.needs.entries()) for (const need of needs) this.dependents[need]?.push(task);
    this.run = newRun(plan);
  }

  /** As `createRun`. */
  create(now: number): void {
    const draft = this.open(now);
    draft.record("workflow_run.created", null, ACTOR, {});
    if (draft.mayAutoDispatch)
      for (const task of this.tasks) if (task.unmetNeeds === 0) draft.apply(draft.take(task), "dispatch", ACTOR);
    this.commit(draft);
  }

  /** As the engine's transactions: operations, consequences, claims, rollup, write. */
  transact({ operations, claims }: Transaction, now: number): Answer[] {
    const draft = this.open(now);
    const answers = operations.map((operation) => this.operate(draft, operation));
    this.drawConsequences(draft);
    if (!draft.run.aborted && !draft.run.paused) this.claim(draft, claims);
    this.commit(draft);
    return answers;
  }

  private open(now: number): RunDraft {
    return new RunDraft({ ...this.run, counts: { ...this.run.counts } }, new Date(now));
  }

  /** Takes the rollup and writes; a row that is not as the draft saw it is a lost update. */
  private commit(draft: RunDraft): void {
    draft.finish(ACTOR);
    for (const { facts, from } of draft.changedTasks()) {
      if (this.tasks[facts.position]?.status !== from) throw new Error(`lost update of ${facts.key}`);
      this.tasks[facts.position] = facts;
    }
    this.run = draft.run;
    this.events = draft.events;
  }

  private operate(draft: RunDraft, operation: Operation): Answer {
    const { run } = draft;
    switch (operation.kind) {
      case "change":
        return draft.apply(this.take(draft, operation.task), operation.change, ACTOR) ? "done" : "nothing";
      case "dispatch-first":
      case "dispatch-keys": {
        if (run.aborted || run.paused) return "refused";
        const ready =
          operation.kind === "dispatch-keys"
            ? this.all(draft).filter((task) => operation.tasks.includes(task.position) && isReady(task))
            : this.ready(draft).slice(0, operation.count);
        return ready.filter((task) => draft.apply(task, "dispatch", ACTOR)).length > 0 ? "done" : "nothing";
      }
      case "abort":
        if (run.aborted) return "nothing";
        if (run.settled) return "refused";
        run.aborted = true;
        for (const task of this.inStatus(draft, ["created", "dispatched", "queued", "running"]))
          draft.apply(task, "abort", ACTOR);
        draft.abortedBy(ACTOR, undefined);
        return "done";
      case "mode":
        if (run.aborted || run.status === "success") return "refused";
        if (run.dispatch === operation.dispatch) return "nothing";
        draft.record("workflow_run.dispatch_mode_changed", null, ACTOR, {});
        run.dispatch = operation.dispatch;
        return "done";
      case "pause":
        if (run.status !== "created" && run.status !== "running") return "refused";
        run.paused = true;
        return "done";
      case "resume":
        if (!run.paused) return "nothing";
        run.paused = false;
        return "done";
    }
  }

  private drawConsequences(draft: RunDraft): void {
    if (draft.run.onFailure === "cancel" && !draft.run.aborted && draft.hasNewFailure)
      for (const task of this.inStatus(draft, ["dispatched", "queued", "running"]))
        draft.apply(task, "stop-after-failure", ACTOR);
    for (const [place, met] of this.metBy(draft.succeeded)) {
      const task = this.take(draft, place);
      draft.meetNeeds(task, met);
      if (task.status === "created" && draft.mayAutoDispatch) draft.apply(task, "dispatch", ACTOR);
    }
    if (draft.resumesAutoDispatch)
      for (const task of this.ready(draft)) if (task.status === "created") draft.apply(task, "dispatch", ACTOR);
  }

  /** The dependents of tasks, in template order, each with how many of them it needs. */
  private metBy(succeeded: readonly TaskFacts[]): [number, number][] {
    const met = new Map<number, number>();
    for (const task of succeeded)
      for (const dependent of this.dependents[task.position] ?? []) met.set(dependent, (met.get(dependent) ?? 0) + 1);
    return [...met].sort(([a], [b]) => a - b);
  }

  private claim(draft: RunDraft, count: number): void {
    if (count === 0) return;
    const waiting = this.inStatus(draft, ["dispatched"]);
    waiting.sort((a, b) => Number(a.dispatchedAt) - Number(b.dispatchedAt) || a.position - b.position);
    for (const task of waiting.slice(0, count))
      draft.apply(task, "claim", ACTOR, { attemptId: `${task.id}/${task.attempt + 1}`, runnerId: "runner" });
  }

  private take(draft: RunDraft, place: number): TaskFacts {
    const row = this.tasks[place];
    if (!row) throw new Error(`there is no task ${place}`);
    return draft.take(row);
  }

  private all(draft: RunDraft): TaskFacts[] {
    return this.tasks.map((task) => draft.take(task));
  }

  private inStatus(draft: RunDraft, statuses: TaskStatus[]): TaskFacts[] {
    return this.all(draft).filter((task) => statuses.includes(task.status));
  }

  private ready(draft: RunDraft): TaskFacts[] {
    const rank = (task: TaskFacts) => (task.status === "submit-failed" ? 1 : 0);
    return this.all(draft)
      .filter(isReady)
      .sort((a, b) => rank(a) - rank(b) || a.position - b.position);
  }
}

function newRun({ dispatch, onFailure, needs }: RunPlan): RunFacts {
  return {
    id: "run",
    teamId: "team",
    number: 1,
    status: "created",
    settled: false,
    aborted: false,
    paused: false,
    started: false,
    dispatch,
    onFailure,
    counts: { ...noTasks(), created: needs.length },
    lastEventNumber: 0,
    startedAt: null,
    finishedAt: null,
  };
}

function newTask(position: number, unmetNeeds: number): TaskFacts {
  return {
    id: `t${position}`,
    position,
    key: `t${position}`,
    status: "created",
    unmetNeeds,
    attempt: 0,
    leasesLost: 0,
    attemptId: null,
    runnerId: null,
    reason: null,
    exitCode: null,
    dispatchedAt: null,
    startedAt: null,
    finishedAt: null,
    runsOn: [],
  };
}
