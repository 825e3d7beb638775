import { FAILURE_STATUSES, type TaskStatus } from "../core/status";
import type { Queryable } from "../db/pool";

/** The ids of a run's created tasks that stand, however far, behind a failure; none without a failure. */
export async function readBlockedTasks(db: Queryable, runId: string): Promise<Set<string>> {
  const { rows: failures } = await db.query<{ id: string }>(
    "SELECT id FROM task WHERE run_id = $1 AND status = ANY($2) ",
    [runId, FAILURE_STATUSES],
  );
  if (failures.length === 0) return new Set();
  const { rows: edges } = await db.query<{ task_id: string; needs_task_id: string; status: TaskStatus }>(
    `SELECT d.task_id, d.needs_task_id, t.status
       FROM dependency d JOIN task t ON t.id = d.task_id WHERE d.run_id = $1`,
    [runId],
  );
  const dependents = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.status !== "created") continue;
    const list = dependents.get(edge.needs_task_id);
    if (list) list.push(edge.task_id);
    else dependents.set(edge.needs_task_id, [edge.task_id]);
  }
  const blocked = new Set<string>();
  const queue = failures.map((failure) => failure.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const dependent of dependents.get(id) ?? []) {
      if (blocked.has(dependent)) continue;
      blocked.add(dependent);
      queue.push(dependent);
    }
  }
  return blocked;
}
