import type { TaskStatus } from "../core/status";
import type { Queryable } from "../db/pool";

export type Readiness = "waiting" | "ready" | "blocked";

/** What the run page shows of a task. Times are milliseconds since 1970. */
export interface TaskRow {
  id: string;
  position: number;
  key: string;
  name: string;
  status: TaskStatus;
  /** Of a created task; of any other it means nothing. */
  readiness: Readiness;
  attempt: number;
  reason: string | null;
  exitCode: number | null;
  runner: string | null;
  dispatchedAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
}

interface Row {
  id: string;
  position: number;
  key: string;
  name: string;
  status: TaskStatus;
  unmet_needs: number;
  attempt: number;
  reason: string | null;
  exit_code: number | null;
  runner: string | null;
  dispatched_at: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
}

// The dependents come along, because a need that is met makes them ready without an event; found by the primary key of
// dependency, so that a batch of a run of 10,000 tasks costs as much as one of ten.
const CHANGED = `AND t.id IN (SELECT unnest($2::uuid[])
  UNION SELECT d.task_id FROM dependency d WHERE d.needs_task_id = ANY($2::uuid[]))`;

/** Tasks of a run in template order: all of them, or those named and whatever needs one of them. */
export async function readTaskRows(
  db: Queryable,
  which: { runId: string; changed?: string[]; blocked: ReadonlySet<string> },
): Promise<TaskRow[]> {
  const { rows } = await db.query<Row>(
    `SELECT t.id, t.position, t.key, t.name, t.status, t.unmet_needs, t.attempt, t.reason, t.exit_code,
            runner.name AS runner, t.dispatched_at, t.started_at, t.finished_at
       FROM task t LEFT JOIN runner ON runner.id = t.runner_id
      WHERE t.run_id = $1 ${which.changed ? CHANGED : ""}
      ORDER BY t.position`,
    which.changed ? [which.runId, which.changed] : [which.runId],
  );
  return rows.map((row) => ({
    id: row.id,
    position: row.position,
    key: row.key,
    name: row.name,
    status: row.status,
    readiness: which.blocked.has(row.id) ? "blocked" : row.unmet_needs === 0 ? "ready" : "waiting",
    attempt: row.attempt,
    reason: row.reason,
    exitCode: row.exit_code,
    runner: row.runner,
    dispatchedAt: row.dispatched_at?.getTime() ?? null,
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
  }));
}
