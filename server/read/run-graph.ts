import type { TaskStatus } from "../core/status";
import type { Queryable } from "../db/pool";
import { readBlockedTasks } from "./blocked-tasks";
import { readTaskRows } from "./task-row";

export interface GraphTask {
  id: string;
  key: string;
  name: string;
  status: TaskStatus;
  readiness: "waiting" | "ready" | "blocked";
  reason: string | null;
  exitCode: number | null;
  needs: string[];
}

/** Tasks and edges of a run for drawing, in template order; null when the team has no such run. */
export async function readRunGraph(
  db: Queryable,
  which: { teamId: string; runId: string },
): Promise<GraphTask[] | null> {
  const { rows: owned } = await db.query("SELECT 1 FROM workflow_run WHERE id = $1 AND team_id = $2", [
    which.runId,
    which.teamId,
  ]);
  if (owned.length === 0) return null;
  const blocked = await readBlockedTasks(db, which.runId);
  const rows = await readTaskRows(db, { runId: which.runId, blocked });
  const { rows: edges } = await db.query<{ task_id: string; needs: string[] }>(
    `SELECT d.task_id, array_agg(n.key ORDER BY n.position) AS needs
       FROM dependency d JOIN task n ON n.id = d.needs_task_id WHERE d.run_id = $1 GROUP BY d.task_id`,
    [which.runId],
  );
  const needs = new Map(edges.map((edge) => [edge.task_id, edge.needs]));
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    name: row.name,
    status: row.status,
    readiness: row.readiness,
    reason: row.reason,
    exitCode: row.exitCode,
    needs: needs.get(row.id) ?? [],
  }));
}
