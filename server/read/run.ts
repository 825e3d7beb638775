import type { DispatchMode, FailurePolicy, RunStatus, TaskCounts } from "../core/status";
import type { Queryable } from "../db/pool";

export interface Creator {
  type: "user" | "api_token" | "runner" | "system";
  id: string | null;
  name: string;
}

export interface RunRow {
  id: string;
  number: number;
  name: string;
  title: string;
  status: RunStatus;
  settled: boolean;
  aborted: boolean;
  paused: boolean;
  dispatch: DispatchMode;
  on_failure: FailurePolicy;
  template_id: string | null;
  template_version: number | null;
  counts: Partial<TaskCounts>;
  last_event_number: number;
  created_by: Creator;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export const RUN_COLUMNS = `r.id, r.number, r.name, r.title, r.status, r.settled, r.aborted, r.paused, r.dispatch,
  r.on_failure, r.template_id, r.template_version, r.counts, r.last_event_number, r.created_by, r.created_at,
  r.started_at, r.finished_at`;

/** A run of the team with the ids of its tasks in template order, or null. */
export async function readRun(
  db: Queryable,
  which: { teamId: string; runId: string },
): Promise<(RunRow & { task_ids: string[] }) | null> {
  // Two primary-key reads: the run, and its tasks by the unique index (run_id, position).
  const { rows } = await db.query<RunRow & { task_ids: string[] }>(
    `SELECT ${RUN_COLUMNS},
       ARRAY(SELECT t.id::text FROM task t WHERE t.run_id = r.id ORDER BY t.position) AS task_ids
     FROM workflow_run r WHERE r.id = $1 AND r.team_id = $2`,
    [which.runId, which.teamId],
  );
  return rows[0] ?? null;
}

/** A run of the team by its number, without its tasks, or null. */
export async function readRunByNumber(
  db: Queryable,
  which: { teamId: string; number: number },
): Promise<RunRow | null> {
  const { rows } = await db.query<RunRow>(
    `SELECT ${RUN_COLUMNS} FROM workflow_run r WHERE r.team_id = $1 AND r.number = $2`,
    [which.teamId, which.number],
  );
  return rows[0] ?? null;
}

/** A run of the team without its tasks, or null. */
export async function readRunHead(db: Queryable, which: { teamId: string; runId: string }): Promise<RunRow | null> {
  const { rows } = await db.query<RunRow>(
    `SELECT ${RUN_COLUMNS} FROM workflow_run r WHERE r.id = $1 AND r.team_id = $2`,
    [which.runId, which.teamId],
  );
  return rows[0] ?? null;
}
