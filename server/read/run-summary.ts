import type { DispatchMode, FailurePolicy, RunStatus, TaskCounts } from "../core/status";
import { noTasks } from "../core/status";
import type { Queryable } from "../db/pool";

/** What lists and headers show of a run. Times are milliseconds since 1970. */
export interface RunSummary {
  id: string;
  number: number;
  name: string;
  title: string;
  status: RunStatus;
  settled: boolean;
  paused: boolean;
  dispatch: DispatchMode;
  onFailure: FailurePolicy;
  counts: TaskCounts;
  /** Created tasks that could be dispatched now. */
  readyCount: number;
  /** These, and those that could not be started and may be dispatched again. */
  dispatchableCount: number;
  /** What "Dispatch next" would dispatch. */
  nextReady: { id: string; key: string } | null;
  firstFailure: { id: string; key: string; status: string; exitCode: number | null; reason: string | null } | null;
  templateId: string | null;
  templateVersion: number | null;
  createdBy: string;
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  lastEventNumber: number;
}

interface Row {
  id: string;
  number: number;
  name: string;
  title: string;
  status: RunStatus;
  settled: boolean;
  paused: boolean;
  dispatch: DispatchMode;
  on_failure: FailurePolicy;
  counts: Partial<TaskCounts>;
  ready_count: number;
  dispatchable_count: number;
  next_id: string | null;
  next_key: string | null;
  failed_id: string | null;
  failed_key: string | null;
  failed_status: string | null;
  failed_exit_code: number | null;
  failed_reason: string | null;
  template_id: string | null;
  template_version: number | null;
  created_by: { name?: string };
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  last_event_number: number;
}

type Which =
  | { teamId: string; number: number }
  | { teamId: string; runId: string }
  | { teamId: string; before: number | null; limit: number };

/** The runs asked for, newest first; another team's are not there. */
export async function readRunSummaries(db: Queryable, which: Which): Promise<RunSummary[]> {
  const number = "number" in which ? which.number : null;
  const runId = "runId" in which ? which.runId : null;
  const before = "before" in which ? which.before : null;
  const limit = "limit" in which ? which.limit : 1;
  // Reads only. Ready tasks come from the partial index task_ready, a run's first failure only where its counts know of
  // one; so a row costs the same for ten tasks as for ten thousand.
  const { rows } = await db.query<Row>(
    `SELECT r.id, r.number, r.name, r.title, r.status, r.settled, r.paused, r.dispatch, r.on_failure, r.counts,
            r.template_id, r.template_version, r.created_by, r.created_at, r.started_at, r.finished_at, r.last_event_number,
            ready.ready_count, ready.dispatchable_count, next.id AS next_id, next.key AS next_key,
            failure.id AS failed_id, failure.key AS failed_key, failure.status AS failed_status,
            failure.exit_code AS failed_exit_code, failure.reason AS failed_reason
       FROM workflow_run r
       CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE t.status = 'created')::int AS ready_count, count(*)::int AS dispatchable_count
           FROM task t WHERE t.run_id = r.id AND t.unmet_needs = 0 AND t.status IN ('created', 'submit-failed')
       ) ready
       LEFT JOIN LATERAL (
         SELECT t.id, t.key FROM task t
          WHERE t.run_id = r.id AND t.unmet_needs = 0 AND t.status IN ('created', 'submit-failed')
          ORDER BY t.status = 'submit-failed', t.position LIMIT 1
       ) next ON true
       LEFT JOIN LATERAL (
         SELECT t.id, t.key, t.status, t.exit_code, t.reason FROM task t
          WHERE t.run_id = r.id AND t.status IN ('failed', 'submit-failed')
            AND coalesce((r.counts->>'failed')::int, 0) + coalesce((r.counts->>'submit-failed')::int, 0) > 0
          ORDER BY t.finished_at, t.position LIMIT 1
       ) failure ON true
      WHERE r.team_id = $1
        AND ($2::int IS NULL OR r.number = $2)
        AND ($3::uuid IS NULL OR r.id = $3)
        AND ($4::int IS NULL OR r.number < $4)
      ORDER BY r.number DESC
      LIMIT $5`,
    [which.teamId, number, runId, before, limit],
  );
  return rows.map(toSummary);
}

function toSummary(row: Row): RunSummary {
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    title: row.title,
    status: row.status,
    settled: row.settled,
    paused: row.paused,
    dispatch: row.dispatch,
    onFailure: row.on_failure,
    counts: { ...noTasks(), ...row.counts },
    readyCount: row.ready_count,
    dispatchableCount: row.dispatchable_count,
    nextReady: row.next_id && row.next_key ? { id: row.next_id, key: row.next_key } : null,
    firstFailure:
      row.failed_id && row.failed_key && row.failed_status
        ? {
            id: row.failed_id,
            key: row.failed_key,
            status: row.failed_status,
            exitCode: row.failed_exit_code,
            reason: row.failed_reason,
          }
        : null,
    templateId: row.template_id,
    templateVersion: row.template_version,
    createdBy: row.created_by.name ?? "somebody",
    createdAt: row.created_at.getTime(),
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
    lastEventNumber: row.last_event_number,
  };
}
