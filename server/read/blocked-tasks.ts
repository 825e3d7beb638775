import { findBlocked } from "../core/readiness";
import { FAILURE_STATUSES, type TaskStatus } from "../core/status";
import type { Queryable } from "../db/pool";

/** The ids of a run's tasks that are blocked; the graph is read only when something could block. */
export async function readBlockedTasks(db: Queryable, runId: string): Promise<Set<string>> {
  const { rows: found } = await db.query(
    "SELECT 1 FROM task WHERE run_id = $1 AND (status = ANY($2) OR status = 'skipped') LIMIT 1",
    [runId, FAILURE_STATUSES],
  );
  if (found.length === 0) return new Set();
  const { rows: tasks } = await db.query<{ id: string; status: TaskStatus }>(
    "SELECT id, status FROM task WHERE run_id = $1",
    [runId],
  );
  // One row per task rather than per edge: 10,000 tasks with a few needs each are read in tens of milliseconds.
  const { rows: edges } = await db.query<{ task_id: string; needs: string[] }>(
    "SELECT task_id, array_agg(needs_task_id::text) AS needs FROM dependency WHERE run_id = $1 GROUP BY task_id",
    [runId],
  );
  const needs = new Map(edges.map((edge) => [edge.task_id, edge.needs]));
  return findBlocked(tasks.map((task) => ({ ...task, needs: needs.get(task.id) ?? [] })));
}
