import type { Queryable } from "../db/pool";

export interface LogPiece {
  seq: number;
  stream: "stdout" | "stderr" | "system";
  at: number;
  text: string;
}

export interface LogPage {
  /** Null while the task has never been claimed. */
  attempt: number | null;
  /** Nothing will be added any more. */
  ended: boolean;
  pieces: LogPiece[];
}

interface Which {
  teamId: string;
  taskId: string;
  /** Null: the newest. */
  attempt: number | null;
  /** `after` a piece, `before` a piece, or neither: the end of the log. */
  after: number | null;
  before: number | null;
  limit: number;
}

/** A stretch of an attempt's output in order; null when the team has no such task. */
export async function readLogPage(db: Queryable, which: Which): Promise<LogPage | null> {
  const { rows } = await db.query<{ id: string | null; number: number | null; ended: boolean }>(
    `SELECT a.id, a.number, a.ended_at IS NOT NULL AS ended
       FROM task t LEFT JOIN attempt a ON a.task_id = t.id AND a.number = coalesce($3, t.attempt)
      WHERE t.id = $1 AND t.team_id = $2`,
    [which.taskId, which.teamId, which.attempt],
  );
  const attempt = rows[0];
  if (!attempt) return null;
  if (attempt.id === null) return { attempt: null, ended: false, pieces: [] };
  const forward = which.after !== null;
  const { rows: entries } = await db.query<{ seq: number; stream: LogPiece["stream"]; at: Date; text: string }>(
    `SELECT seq, stream, at, text FROM log_entry
      WHERE attempt_id = $1 AND ($2::int IS NULL OR seq > $2) AND ($3::int IS NULL OR seq < $3)
      ORDER BY seq ${forward ? "ASC" : "DESC"} LIMIT $4`,
    [attempt.id, which.after, which.before, which.limit],
  );
  if (!forward) entries.reverse();
  return {
    attempt: attempt.number,
    ended: attempt.ended,
    pieces: entries.map((entry) => ({
      seq: entry.seq,
      stream: entry.stream,
      at: entry.at.getTime(),
      text: entry.text,
    })),
  };
}
