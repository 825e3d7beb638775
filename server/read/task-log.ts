import type { Queryable } from "../db/pool";

export interface LogRow {
  seq: number;
  stream: "stdout" | "stderr" | "system";
  at: Date;
  text: string;
}

export interface TaskAttempt {
  /** Null when the task has not been tried. */
  attempt_id: string | null;
  number: number;
}

/** The named attempt of a task of the team, or its newest; null when there is no such task or no such attempt. */
export async function readTaskAttempt(
  db: Queryable,
  which: { teamId: string; taskId: string; attempt?: number | undefined },
): Promise<TaskAttempt | null> {
  const { rows } = await db.query<TaskAttempt>(
    `SELECT a.id AS attempt_id, COALESCE(a.number, 0) AS number
     FROM task t LEFT JOIN attempt a ON a.task_id = t.id AND a.number = COALESCE($3, t.attempt)
     WHERE t.id = $1 AND t.team_id = $2`,
    [which.taskId, which.teamId, which.attempt ?? null],
  );
  const row = rows[0];
  if (!row || (which.attempt !== undefined && row.attempt_id === null)) return null;
  return row;
}

/** What an attempt wrote after a sequence number, in order. The caller knows that the team may see the attempt. */
export async function readAttemptLog(
  db: Queryable,
  which: { attemptId: string; after: number; limit: number },
): Promise<LogRow[]> {
  const { rows } = await db.query<LogRow>(
    `SELECT seq, stream, at, text FROM log_entry
     WHERE attempt_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [which.attemptId, which.after, which.limit],
  );
  return rows;
}
