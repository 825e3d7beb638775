import type { RunDraft, TaskFacts } from "../core/run-draft";
import type { TaskStatus } from "../core/status";
import type { Tx } from "../db/pool";

export interface TaskRow {
  id: string;
  run_id: string;
  position: number;
  key: string;
  status: TaskStatus;
  unmet_needs: number;
  task_attempt: number;
  leases_lost: number;
  attempt_id: string | null;
  task_runner_id: string | null;
  task_reason: string | null;
  task_exit_code: number | null;
  dispatched_at: Date | null;
  task_started_at: Date | null;
  task_finished_at: Date | null;
  runs_on: string[];
}

export const TASK_COLUMNS = `t.id, t.run_id, t.position, t.key, t.status, t.unmet_needs, t.attempt AS task_attempt,
  t.leases_lost, t.attempt_id, t.runner_id AS task_runner_id, t.reason AS task_reason, t.exit_code AS task_exit_code,
  t.dispatched_at, t.started_at AS task_started_at, t.finished_at AS task_finished_at, t.runs_on`;

/** What the rules need of a task's row. */
export function taskFacts(row: TaskRow): TaskFacts {
  return {
    id: row.id,
    position: row.position,
    key: row.key,
    status: row.status,
    unmetNeeds: row.unmet_needs,
    attempt: row.task_attempt,
    leasesLost: row.leases_lost,
    attemptId: row.attempt_id,
    runnerId: row.task_runner_id,
    reason: row.task_reason,
    exitCode: row.task_exit_code,
    dispatchedAt: row.dispatched_at,
    startedAt: row.task_started_at,
    finishedAt: row.task_finished_at,
    runsOn: row.runs_on,
  };
}

// These run under the run's lock, which every writer of its tasks takes first: they need no row locks of their own.
const SELECT = {
  // Index task_ready. Created before submit-failed: what never ran goes first.
  ready: `SELECT ${TASK_COLUMNS} FROM task t
    WHERE t.run_id = $1 AND t.unmet_needs = 0 AND t.status IN ('created', 'submit-failed')
    ORDER BY (t.status = 'submit-failed'), t.position LIMIT $2`,
  // Index task_ready.
  ready_to_start: `SELECT ${TASK_COLUMNS} FROM task t
    WHERE t.run_id = $1 AND t.unmet_needs = 0 AND t.status = 'created' ORDER BY t.position`,
  // Unique index (run_id, key).
  keys: `SELECT ${TASK_COLUMNS} FROM task t WHERE t.run_id = $1 AND t.key = ANY($2::text[]) ORDER BY t.position`,
  statuses: `SELECT ${TASK_COLUMNS} FROM task t WHERE t.run_id = $1 AND t.status = ANY($2::text[]) ORDER BY t.position`,
  one: `SELECT ${TASK_COLUMNS} FROM task t WHERE t.run_id = $1 AND t.id = $2`,
  // Index task_dispatched_in_run.
  dispatched: `SELECT ${TASK_COLUMNS} FROM task t
    WHERE t.run_id = $1 AND t.status = 'dispatched' AND t.runs_on <@ $2::text[]
    ORDER BY t.dispatched_at, t.position LIMIT $3`,
};

/** Takes the tasks that a query finds into the draft of their run. */
export async function loadTasks(
  tx: Tx,
  draft: RunDraft,
  query: keyof typeof SELECT,
  ...parameters: unknown[]
): Promise<TaskFacts[]> {
  const { rows } = await tx.query<TaskRow>({
    name: `load_tasks_${query}`,
    text: SELECT[query],
    values: [draft.run.id, ...parameters],
  });
  return rows.map((row) => draft.take(taskFacts(row)));
}
