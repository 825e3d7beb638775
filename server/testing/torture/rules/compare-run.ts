import { RUN_STATUS_AFTER, TASK_STATUS_AFTER } from "../../../core/event-status";
import { type PlanTask, planRun, type TaskPlan } from "../../../core/readiness";
import type { EventDraft } from "../../../core/run-draft";
import { isReady } from "../../../core/run-draft";
import { noTasks, type RunStatus, TASK_STATUSES, type TaskStatus } from "../../../core/status";
import type { MemoryRun } from "./memory-run";
import type { Model, ModelEvent } from "./model";

/** Follows a run from its first event on, as a viewer of its stream does. */
export class Replay {
  private number = 0;
  private run: RunStatus = "created";
  private readonly tasks: TaskStatus[];

  constructor(size: number) {
    this.tasks = Array.from({ length: size }, () => "created");
  }

  /** Takes new events; answers what is wrong with them or with what they lead to. */
  follow(events: readonly EventDraft[], subject: MemoryRun): string[] {
    const found: string[] = [];
    for (const event of events) {
      this.number += 1;
      if (event.number !== this.number) found.push(`event ${event.number} is in place ${this.number}`);
      this.run = RUN_STATUS_AFTER[event.type] ?? this.run;
      const status = TASK_STATUS_AFTER[event.type];
      const place = placeOf(event.taskId);
      if (!status || place === null) continue;
      if (this.tasks[place] === status) found.push(`event ${event.number} leaves t${place} ${status}`);
      this.tasks[place] = status;
    }
    if (this.run !== subject.run.status) found.push(`events replay to ${this.run}, the run is ${subject.run.status}`);
    for (const [place, { status }] of subject.tasks.entries())
      if (this.tasks[place] !== status) found.push(`events replay t${place} to ${this.tasks[place]}, it is ${status}`);
    return found;
  }
}

/** Everything in which a run of the core differs from what the model says. */
export function compareRun(subject: MemoryRun, model: Model): string[] {
  return [...compareFacts(subject, model), ...compareTasks(subject, model), ...compareEvents(subject.events, model)];
}

function compareFacts({ run }: MemoryRun, model: Model): string[] {
  const found: string[] = [];
  const isSame =
    run.status === model.status &&
    run.settled === model.settled &&
    run.aborted === model.aborted &&
    run.paused === model.paused &&
    run.started === model.started &&
    run.dispatch === model.dispatch &&
    timeOf(run.startedAt) === model.startedAt &&
    timeOf(run.finishedAt) === model.finishedAt;
  if (!isSame) found.push(`the run is ${JSON.stringify(run)}, should be ${JSON.stringify(model.facts())}`);
  const counts = noTasks();
  for (const { status } of model.tasks) counts[status] += 1;
  for (const status of TASK_STATUSES)
    if (run.counts[status] !== counts[status])
      found.push(`counts.${status} is ${run.counts[status]}, should be ${counts[status]}`);
  return found;
}

function compareTasks(subject: MemoryRun, model: Model): string[] {
  const found: string[] = [];
  for (const [place, is] of subject.tasks.entries()) {
    const should = model.tasks[place];
    if (!should) return [`there is no task ${place}`];
    const unmetNeeds = model.unmet(place).length;
    const isFree = model.isFree(place);
    // Words are only made for a difference: this is half of the whole campaign's time otherwise.
    const isSame =
      is.status === should.status &&
      is.unmetNeeds === unmetNeeds &&
      isReady(is) === isFree &&
      is.attempt === should.attempt &&
      is.leasesLost === should.leasesLost &&
      timeOf(is.dispatchedAt) === should.dispatchedAt &&
      timeOf(is.startedAt) === should.startedAt &&
      timeOf(is.finishedAt) === should.finishedAt;
    if (!isSame)
      found.push(`t${place} is ${JSON.stringify(is)}, should be ${JSON.stringify({ ...should, unmetNeeds })}`);
  }
  return found;
}

function timeOf(at: Date | null): number | null {
  return at === null ? null : at.getTime();
}

/** The order between tasks of one transaction is free; of one task, and of the run, it is not. */
function compareEvents(events: readonly EventDraft[], model: Model): string[] {
  const is = inOrder(events.map(({ taskId, type }) => ({ task: placeOf(taskId), type })));
  const should = inOrder(model.events);
  return is === should ? [] : [`events are ${is}, should be ${should}`];
}

function inOrder(events: readonly ModelEvent[]): string {
  return [...events]
    .sort((a, b) => (a.task ?? -1) - (b.task ?? -1))
    .map(({ task, type }) => (task === null ? type : `t${task} ${type}`))
    .join(", ");
}

/** Whether readiness, blockedness and reasons are as the model finds them. */
export function comparePlan(subject: MemoryRun, model: Model): string[] {
  const { aborted, paused, dispatch, onFailure } = subject.run;
  const tasks = subject.tasks.map((task): PlanTask => {
    const needs = (model.plan.needs[task.position] ?? []).map((need) => `t${need}`);
    return { ...task, needs, runner: task.runnerId };
  });
  const plans = planRun({ run: { aborted, paused, dispatch, onFailure }, tasks, runners: [] });
  const blocked = model.blocked();
  return plans.flatMap((plan, place) => comparePlanned(plan, blocked[place] === true, model));
}

function comparePlanned(plan: TaskPlan, isBlocked: boolean, model: Model): string[] {
  const found: string[] = [];
  const place = placeOf(plan.id) ?? -1;
  const codes = plan.reasons.map((reason) => reason.code).join(" ");
  if (plan.ready !== model.isReady(place)) found.push(`${plan.key}.ready is ${plan.ready}`);
  if (plan.blocked !== isBlocked) found.push(`${plan.key}.blocked is ${plan.blocked}`);
  const should = reasonCodes(place, isBlocked, model);
  if (should !== codes) found.push(`reasons of ${plan.key} are "${codes}", should be "${should}"`);
  const named = plan.reasons.find(({ code }) => code === "waiting_for")?.keys;
  const unmet = () => model.unmet(place).map((need) => `t${need}`);
  if (named && named.toSorted().join(" ") !== unmet().sort().join(" ")) found.push(`${plan.key} waits for ${named}`);
  return found;
}

/** What keeps a task from running, one word each; nothing for what is running or over and not blocked. */
function reasonCodes(place: number, isBlocked: boolean, model: Model): string {
  const status = model.tasks[place]?.status;
  if (status === "dispatched") return model.paused ? "run_paused" : "no_runner_label";
  if (status === "queued" || status === "cancel-requested") return "assigned";
  if (status !== "created" && status !== "submit-failed") return "";
  const unmet = model.unmet(place);
  const words: string[] = [];
  if (isBlocked) words.push("blocked_by");
  else if (unmet.length > 0) words.push("waiting_for");
  if (model.paused) words.push("run_paused");
  if (unmet.length > 0 || model.paused) return words.join(" ");
  if (model.dispatch === "auto" && !model.mayAuto()) words.push("stopped_by_failure");
  words.push("needs_dispatch");
  return words.join(" ");
}

function placeOf(taskId: string | null): number | null {
  return taskId === null ? null : Number(taskId.slice(1));
}
