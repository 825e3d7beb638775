import type { Reason } from "../core/reasons";
import type { Queryable } from "../db/pool";
import { readRunPlan } from "./run-plan";

/**
 * Why these tasks of a run do not run, by their ids; a task that runs, is ready or is over has no entry. Null when the
 * team has no such run.
 */
export async function readTaskReasons(
  db: Queryable,
  which: { teamId: string; runId: string; taskIds: string[] },
): Promise<Record<string, Reason[]> | null> {
  const plan = await readRunPlan(db, which);
  if (plan === null) return null;
  const wanted = new Set(which.taskIds);
  const reasons: Record<string, Reason[]> = {};
  for (const task of plan.blocked) if (wanted.has(task.task_id)) reasons[task.task_id] = task.reasons;
  return reasons;
}
