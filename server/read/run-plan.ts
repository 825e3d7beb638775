import { type PlanRunner, type PlanTask, planRun } from "../core/readiness";
import type { Reason } from "../core/reasons";
import { isFailure, type TaskStatus } from "../core/status";
import type { Queryable } from "../db/pool";
import { readRunHead } from "./run";
import { readRunnerList } from "./runner-list";

export interface RunPlan {
  /** What a person may dispatch now; the reasons say why nothing else does it. */
  ready: { task_id: string; key: string; reasons: Reason[] }[];
  /** Every task that is not ready, not running and not over, and every blocked one, in template order. */
  blocked: { task_id: string; key: string; reasons: Reason[] }[];
}

/** Which tasks of a run are ready and why each other one does not run, or null when the team has no such run. */
export async function readRunPlan(db: Queryable, which: { teamId: string; runId: string }): Promise<RunPlan | null> {
  const run = await readRunHead(db, which);
  if (!run) return null;
  const tasks = await readPlanTasks(db, which);
  const runners = await readPlanRunners(db, which.teamId);
  const facts = { aborted: run.aborted, paused: run.paused, dispatch: run.dispatch, onFailure: run.on_failure };
  const plans = planRun({ run: facts, tasks, runners });
  return {
    ready: plans.filter((task) => task.ready).map(({ id, key, reasons }) => ({ task_id: id, key, reasons })),
    blocked: plans
      .filter((task) => !task.ready && isHeldBack(task.status))
      .map(({ id, key, reasons }) => ({ task_id: id, key, reasons })),
  };
}

function isHeldBack(status: TaskStatus): boolean {
  return status !== "running" && status !== "success" && status !== "skipped" && !isFailure(status);
}

async function readPlanTasks(db: Queryable, which: { teamId: string; runId: string }): Promise<PlanTask[]> {
  const { rows: tasks } = await db.query<Omit<PlanTask, "needs">>(
    `SELECT t.id, t.key, t.status, t.runs_on AS "runsOn", r.name AS runner, t.dispatched_at AS "dispatchedAt"
     FROM task t LEFT JOIN runner r ON r.id = t.runner_id
     WHERE t.run_id = $1 AND t.team_id = $2 ORDER BY t.position`,
    [which.runId, which.teamId],
  );
  // One row per task rather than per edge: 10,000 tasks with a few needs each are read in tens of milliseconds.
  const { rows: edges } = await db.query<{ task_id: string; needs: string[] }>(
    "SELECT task_id, array_agg(needs_task_id::text) AS needs FROM dependency WHERE run_id = $1 GROUP BY task_id",
    [which.runId],
  );
  const needs = new Map(edges.map((row) => [row.task_id, row.needs]));
  return tasks.map((task) => ({ ...task, needs: needs.get(task.id) ?? [] }));
}

async function readPlanRunners(db: Queryable, teamId: string): Promise<PlanRunner[]> {
  return (await readRunnerList(db, teamId)).map((runner) => ({
    name: runner.name,
    labels: runner.labels,
    online: runner.online,
    draining: runner.state === "draining",
    free: Math.max(0, runner.slots - runner.busy),
  }));
}
