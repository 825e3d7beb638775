import type { Queryable } from "../db/pool";
import { readBlockedTasks } from "./blocked-tasks";
import { readTaskRows, type TaskRow } from "./task-row";

/** A task as an array, since ten thousand of them travel at once; `name` is null where it is the key, `needs` are positions. */
export type PackedTask = [
  id: string,
  key: string,
  name: string | null,
  status: TaskRow["status"],
  readiness: TaskRow["readiness"],
  attempt: number,
  reason: string | null,
  exitCode: number | null,
  runner: string | null,
  dispatchedAt: number | null,
  startedAt: number | null,
  finishedAt: number | null,
  needs: number[],
];

export interface RunTaskTable {
  /** The newest event that these tasks already show. */
  eventNumber: number;
  tasks: PackedTask[];
}

/** All tasks of a run in template order; null when the team has no such run. */
export async function readRunTaskTable(
  db: Queryable,
  which: { teamId: string; runId: string },
): Promise<RunTaskTable | null> {
  // The event number is read first: tasks may be newer than it says, never older.
  const { rows: runs } = await db.query<{ last_event_number: number }>(
    "SELECT last_event_number FROM workflow_run WHERE id = $1 AND team_id = $2",
    [which.runId, which.teamId],
  );
  const run = runs[0];
  if (!run) return null;
  const blocked = await readBlockedTasks(db, which.runId);
  const rows = await readTaskRows(db, { runId: which.runId, blocked });
  const { rows: edges } = await db.query<{ task: number; needs: number[] }>(
    `SELECT t.position AS task, array_agg(n.position ORDER BY n.position) AS needs
       FROM dependency d JOIN task t ON t.id = d.task_id JOIN task n ON n.id = d.needs_task_id
      WHERE d.run_id = $1 GROUP BY t.position`,
    [which.runId],
  );
  const needs = new Map(edges.map((edge) => [edge.task, edge.needs]));
  return { eventNumber: run.last_event_number, tasks: rows.map((row) => pack(row, needs.get(row.position) ?? [])) };
}

function pack(row: TaskRow, needs: number[]): PackedTask {
  return [
    row.id,
    row.key,
    row.name === row.key ? null : row.name,
    row.status,
    row.readiness,
    row.attempt,
    row.reason,
    row.exitCode,
    row.runner,
    row.dispatchedAt,
    row.startedAt,
    row.finishedAt,
    needs,
  ];
}
