import type { Reason } from "./reasons";
import { autoMayDispatch } from "./rollup";
import { type DispatchMode, type FailurePolicy, isFailure, noTasks, type TaskStatus } from "./status";

export { isReady } from "./run-draft";

/** A task of a run with what decides whether it can start. `needs` are ids of tasks of the same run. */
export interface PlanTask {
  id: string;
  key: string;
  status: TaskStatus;
  needs: string[];
  runsOn: string[];
  /** The name of the runner that has it, where one does. */
  runner: string | null;
  dispatchedAt: Date | null;
}

/** A runner of the team that is not revoked; `free` counts its empty slots. */
export interface PlanRunner {
  name: string;
  labels: string[];
  online: boolean;
  draining: boolean;
  free: number;
}

export interface PlanFacts {
  run: { aborted: boolean; paused: boolean; dispatch: DispatchMode; onFailure: FailurePolicy };
  tasks: PlanTask[];
  runners: PlanRunner[];
}

export interface TaskPlan {
  id: string;
  key: string;
  status: TaskStatus;
  /** A person may dispatch it now. */
  ready: boolean;
  /** Created behind a dependency that can no longer be satisfied. */
  blocked: boolean;
  /** Empty only for a task that is running or over. */
  reasons: Reason[];
}

/** For every task of a run, in the order given: whether it is ready, and why it does not run yet. */
export function planRun(facts: PlanFacts): TaskPlan[] {
  const byId = new Map(facts.tasks.map((task) => [task.id, task]));
  const blocked = findBlocked(facts.tasks);
  const counts = noTasks();
  for (const task of facts.tasks) counts[task.status] += 1;
  const autoGoesOn = autoMayDispatch(facts.run, counts);
  const queue = queuePositions(facts.tasks);
  return facts.tasks.map((task) => {
    const unmet = task.needs.flatMap((id) => byId.get(id) ?? []).filter((need) => need.status !== "success");
    const startable = task.status === "created" || task.status === "submit-failed";
    const ready = startable && unmet.length === 0 && !facts.run.aborted && !facts.run.paused;
    return {
      id: task.id,
      key: task.key,
      status: task.status,
      ready,
      blocked: blocked.has(task.id),
      reasons: reasonsOf(task, unmet, { facts, blocked, autoGoesOn, queue }),
    };
  });
}

interface PlanContext {
  facts: PlanFacts;
  blocked: Set<string>;
  autoGoesOn: boolean;
  queue: Map<string, number>;
}

function reasonsOf(task: PlanTask, unmet: PlanTask[], context: PlanContext): Reason[] {
  switch (task.status) {
    case "created":
    case "submit-failed":
      return reasonsToWait(unmet, context);
    case "dispatched":
      return [whyNotClaimed(task, context)];
    case "queued":
      return [
        { code: "assigned", message: `Assigned to ${task.runner ?? "a runner"}, starting`, runner: task.runner ?? "" },
      ];
    case "cancel-requested":
      return [
        {
          code: "assigned",
          message: `Waiting for ${task.runner ?? "its runner"} to stop it`,
          runner: task.runner ?? "",
        },
      ];
    case "running":
    case "success":
    case "failed":
    case "canceled":
    case "skipped":
      return [];
  }
}

function reasonsToWait(unmet: PlanTask[], { facts, blocked, autoGoesOn }: PlanContext): Reason[] {
  const reasons: Reason[] = [];
  const dead = unmet.filter((need) => isFailure(need.status) || need.status === "skipped" || blocked.has(need.id));
  if (dead.length > 0) {
    const message = `Blocked by ${listKeys(dead.map((need) => `${need.key} (${blocked.has(need.id) ? "blocked" : need.status})`))}`;
    reasons.push({ code: "blocked_by", message, keys: dead.map((need) => need.key) });
  } else if (unmet.length > 0) {
    const keys = unmet.map((need) => need.key);
    reasons.push({ code: "waiting_for", message: `Waiting for ${listKeys(keys)}`, keys });
  }
  if (facts.run.paused) reasons.push({ code: "run_paused", message: "The run is paused" });
  if (unmet.length > 0 || facts.run.paused) return reasons;
  if (facts.run.dispatch === "auto" && !autoGoesOn)
    reasons.push({
      code: "stopped_by_failure",
      message: `A task is in failure and on-failure is ${facts.run.onFailure}: a person may still dispatch it`,
    });
  reasons.push({ code: "needs_dispatch", message: "Ready: dispatch it" });
  return reasons;
}

function whyNotClaimed(task: PlanTask, { facts, queue }: PlanContext): Reason {
  if (facts.run.paused) return { code: "run_paused", message: "The run is paused" };
  const fitting = facts.runners.filter((runner) => task.runsOn.every((label) => runner.labels.includes(label)));
  const labels = task.runsOn;
  const wanted = labels.length === 0 ? "" : ` with ${labels.length === 1 ? "label" : "labels"} ${labels.join(", ")}`;
  if (fitting.length === 0)
    return { code: "no_runner_label", message: `No runner${wanted} is connected to this team`, labels };
  const takers = fitting.filter((runner) => runner.online && !runner.draining);
  if (takers.length === 0)
    return { code: "runner_offline", message: `Every runner${wanted} is offline or draining`, labels };
  const position = queue.get(task.id) ?? 1;
  if (takers.some((runner) => runner.free > 0))
    return { code: "runners_busy", message: `About to be taken by a runner${wanted}`, position };
  return {
    code: "runners_busy",
    message: `Every slot${wanted} is in use; number ${position} of this run in line`,
    position,
  };
}

/** Created tasks behind a failure, a skipped task or a blocked one, found by walking forward once. */
export function findBlocked(tasks: readonly Pick<PlanTask, "id" | "status" | "needs">[]): Set<string> {
  const neededBy = new Map<string, Pick<PlanTask, "id" | "status">[]>();
  for (const task of tasks)
    for (const need of task.needs) {
      const list = neededBy.get(need);
      if (list) list.push(task);
      else neededBy.set(need, [task]);
    }
  const blocked = new Set<string>();
  const front = tasks.filter((task) => isFailure(task.status) || task.status === "skipped").map((task) => task.id);
  for (let id = front.pop(); id !== undefined; id = front.pop())
    for (const next of neededBy.get(id) ?? []) {
      if (next.status !== "created" || blocked.has(next.id)) continue;
      blocked.add(next.id);
      front.push(next.id);
    }
  return blocked;
}

function queuePositions(tasks: PlanTask[]): Map<string, number> {
  const waiting = tasks.filter((task) => task.status === "dispatched");
  waiting.sort((a, b) => (a.dispatchedAt?.getTime() ?? 0) - (b.dispatchedAt?.getTime() ?? 0));
  return new Map(waiting.map((task, index) => [task.id, index + 1]));
}

function listKeys(keys: string[]): string {
  if (keys.length <= 3) return keys.join(", ");
  return `${keys.slice(0, 3).join(", ")} and ${keys.length - 3} more`;
}
