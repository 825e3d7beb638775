import type { Reason } from "../core/reasons";
import { planRun } from "../core/readiness";
import type { Queryable } from "../db/pool";
import { readRunHead } from "./run";

export interface RunPlan {
  ready: { task_id: string; key: string }[];
  /** Every task that is not ready, not running and not over, and every blocked one, in template order. */
  blocked: { task_id: string; key: string; reasons: Reason[] }[];
}

/** Why each task of a run is not running, or null when the team has no such run. */
export async function readRunPlan(
  db: Queryable,
  which: { teamId: string; runId: string },
): Promise<RunPlan | null> {
  const run = await readRunHead(db, which);
  if (!run) return null;
  return planRun();
}
