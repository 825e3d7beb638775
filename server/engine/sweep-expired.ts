import { REASON_RUNNER_LOST, REASON_TIMED_OUT } from "../../runner/protocol";
import { type RunDraft, SYSTEM_ACTOR } from "../core/run-draft";
import type { TaskChange } from "../core/transitions";
import type { Tx } from "../db/pool";
import { type Advance, advanceRuns } from "./advance-run";
import type { Engine } from "./engine";
import { TASK_COLUMNS, type TaskRow, taskFacts } from "./load-tasks";
import { gapSecondsOf } from "./record-alive";

/** How often a queued attempt's task is dispatched again before it counts as `submit-failed`. */
const LEASES_LOST_MAX = 2;
const RUNS_PER_SWEEP = 100;

interface ExpiredRow extends TaskRow {
  expired_attempt_id: string;
  is_out_of_time: boolean;
}

/** Ends every attempt whose lease or silent time limit is over, one run at a time. */
export async function sweepExpired(engine: Engine): Promise<void> {
  // A look without locks, by the indexes attempt_live_by_lease and attempt_live_by_deadline; the door judges again.
  const { rows } = await engine.pool.query<{ run_id: string }>({
    name: "find_expired",
    text: `SELECT run_id FROM attempt WHERE ended_at IS NULL AND lease_expires_at < clock_timestamp()
      UNION SELECT run_id FROM attempt WHERE ended_at IS NULL AND deadline_at < clock_timestamp() LIMIT $1`,
    values: [RUNS_PER_SWEEP],
  });
  const failures: unknown[] = [];
  for (const { run_id: runId } of rows)
    try {
      await sweepRun(engine, runId);
    } catch (error) {
      // One run that cannot be swept must not keep the others from it.
      failures.push(error);
    }
  if (failures.length > 0)
    throw new AggregateError(failures, `could not sweep ${failures.length} of ${rows.length} runs`);
}

async function sweepRun(engine: Engine, runId: string): Promise<void> {
  const runnerIds = await advanceRuns(engine, { by: "id", runId }, async (advance) => {
    const [draft] = advance.drafts;
    return draft ? expireAttempts(advance, draft, gapSecondsOf(engine.settings)) : [];
  });
  // A runner whose sync is parked is told at once what it has lost.
  if (runnerIds.length > 0) engine.bus.wake([...new Set(runnerIds)].map((id) => `runner:${id}`));
}

/** Returns the runners that had the attempts. */
async function expireAttempts({ tx, attempts }: Advance, draft: RunDraft, gapSeconds: number): Promise<string[]> {
  const runnerIds: string[] = [];
  for (const row of await lockExpired(tx, draft, gapSeconds)) {
    const task = draft.take(taskFacts(row));
    const change = changeOf(row, task.leasesLost);
    const reason = change === "run-out-of-time" ? REASON_TIMED_OUT : REASON_RUNNER_LOST;
    if (!draft.apply(task, change, SYSTEM_ACTOR, { reason, data: { attempt_id: row.expired_attempt_id, why: reason } }))
      throw new Error(`task ${task.id} is ${task.status} while its attempt ${row.expired_attempt_id} is live`);
    attempts.ended.push({
      id: row.expired_attempt_id,
      endedAt: draft.now,
      endedBy: "server",
      startedAt: null,
      reportedStatus: null,
      exitCode: null,
      reason,
      outputs: null,
    });
    if (row.task_runner_id !== null) runnerIds.push(row.task_runner_id);
  }
  return runnerIds;
}

// Locks the run's live attempts that are over, in id order, after the run's lock; a renewal that came first has moved
// the lease, because the row is read again once its lock is had. A process that has itself stood still since anybody was
// alive judges nobody: the next sign of life grants full leases first.
function lockExpired(tx: Tx, draft: RunDraft, gapSeconds: number): Promise<ExpiredRow[]> {
  return tx
    .query<ExpiredRow>({
      name: "lock_expired",
      text: `SELECT a.id AS expired_attempt_id, COALESCE(a.deadline_at < clock_timestamp(), false) AS is_out_of_time,
          ${TASK_COLUMNS}
        FROM attempt a JOIN task t ON t.id = a.task_id
        WHERE a.run_id = $1 AND a.ended_at IS NULL
          AND (a.lease_expires_at < clock_timestamp() OR a.deadline_at < clock_timestamp())
          AND EXISTS (SELECT 1 FROM server_heartbeat
            WHERE id = 1 AND clock_timestamp() - alive_at <= make_interval(secs => $2))
        ORDER BY a.id FOR UPDATE OF a`,
      values: [draft.run.id, gapSeconds],
    })
    .then((result) => result.rows);
}

function changeOf(row: ExpiredRow, leasesLost: number): TaskChange {
  if (row.is_out_of_time && row.status !== "queued") return "run-out-of-time";
  return row.status === "queued" && leasesLost >= LEASES_LOST_MAX ? "lose-lease-for-good" : "lose-lease";
}
