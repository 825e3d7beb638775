import type { TaskStatus } from "../core/status";
import type { Queryable } from "../db/pool";

export interface TaskRow {
  id: string;
  run_id: string;
  position: number;
  key: string;
  name: string;
  status: TaskStatus;
  runs_on: string[];
  attempt: number;
  attempt_id: string | null;
  runner_id: string | null;
  runner_name: string | null;
  reason: string | null;
  exit_code: number | null;
  dispatched_at: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
  /** Keys of the tasks it needs, in template order. */
  needs: string[];
}

export const TASK_COLUMNS = `t.id, t.run_id, t.position, t.key, t.name, t.status, t.runs_on, t.attempt, t.attempt_id,
  t.runner_id, rn.name AS runner_name, t.reason, t.exit_code, t.dispatched_at, t.started_at, t.finished_at`;

/** The tasks of a run in template order; `after` is a position. The caller knows that the team may see the run. */
export async function readRunTasks(
  db: Queryable,
  which: { teamId: string; runId: string; limit: number; after?: number | undefined },
): Promise<{ rows: TaskRow[]; nextAfter: number | null }> {
  const { rows } = await db.query<Omit<TaskRow, "needs">>(
    `SELECT ${TASK_COLUMNS} FROM task t LEFT JOIN runner rn ON rn.id = t.runner_id
     WHERE t.run_id = $1 AND t.team_id = $2 AND t.position > $3 ORDER BY t.position LIMIT $4`,
    [which.runId, which.teamId, which.after ?? -1, which.limit + 1],
  );
  const page = rows.slice(0, which.limit);
  const needs = await readNeeds(db, { runId: which.runId, taskIds: page.map((row) => row.id) });
  return {
    rows: page.map((row) => ({ ...row, needs: needs.get(row.id) ?? [] })),
    nextAfter: rows.length > page.length ? (page.at(-1)?.position ?? null) : null,
  };
}

/** The named tasks of a run in template order. */
export async function readTasksById(
  db: Queryable,
  which: { teamId: string; runId: string; taskIds: string[] },
): Promise<TaskRow[]> {
  const { rows } = await db.query<Omit<TaskRow, "needs">>(
    `SELECT ${TASK_COLUMNS} FROM task t LEFT JOIN runner rn ON rn.id = t.runner_id
     WHERE t.id = ANY($1::uuid[]) AND t.run_id = $2 AND t.team_id = $3 ORDER BY t.position`,
    [which.taskIds, which.runId, which.teamId],
  );
  const needs = await readNeeds(db, which);
  return rows.map((row) => ({ ...row, needs: needs.get(row.id) ?? [] }));
}

/** Per task the keys of what it needs, in template order. */
export async function readNeeds(
  db: Queryable,
  which: { runId: string; taskIds: string[] },
): Promise<Map<string, string[]>> {
  const { rows } = await db.query<{ task_id: string; needs: string[] }>(
    `SELECT d.task_id, array_agg(n.key ORDER BY n.position) AS needs
     FROM dependency d JOIN task n ON n.id = d.needs_task_id
     WHERE d.run_id = $1 AND d.task_id = ANY($2::uuid[]) GROUP BY d.task_id`,
    [which.runId, which.taskIds],
  );
  return new Map(rows.map((row) => [row.task_id, row.needs]));
}
