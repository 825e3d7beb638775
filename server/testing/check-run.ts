import { autoMayDispatch, isSettled, rollup } from "../core/rollup";
import { isReady } from "../core/run-draft";
import { noTasks, type TaskStatus } from "../core/status";
import type { Pool } from "../db/pool";
import { attemptViolations, type StoredAttempt } from "./check-attempts";
import { historyViolations, type StoredEvent, type StoredRun } from "./check-history";
import { policyViolations } from "./check-policy";

interface CheckedTask {
  id: string;
  key: string;
  status: TaskStatus;
  unmet_needs: number;
  unmet: number;
  leases_lost: number;
  live: number;
}

/** A task whose lease runs out before its start once more is given up. */
const LEASES_LOST_MAX = 2;
const RUN = "SELECT * FROM workflow_run WHERE id = $1";
const TASKS = `
SELECT t.id, t.key, t.status, t.unmet_needs, t.leases_lost,
  (SELECT count(*)::int FROM dependency d JOIN task n ON n.id = d.needs_task_id
    WHERE d.task_id = t.id AND n.status <> 'success') AS unmet,
  (SELECT count(*)::int FROM attempt a WHERE a.task_id = t.id AND a.ended_at IS NULL) AS live
FROM task t WHERE t.run_id = $1 ORDER BY t.position`;
const NEEDS = "SELECT task_id, needs_task_id FROM dependency WHERE run_id = $1";
const EVENTS = "SELECT number, type, task_id, at, actor_type, data FROM event WHERE run_id = $1 ORDER BY number";
const ATTEMPTS = `
SELECT t.key, a.number, a.claimed_at, a.started_at, a.ended_at, t.attempt AS task_attempt,
  t.attempt_id = a.id AS is_current
FROM attempt a JOIN task t ON t.id = a.task_id WHERE a.run_id = $1`;

/**
 * Everything that is wrong with a committed run by the invariants of the semantics: rollup and counts, unmet needs,
 * gapless events that replay to the present, dispatch only behind success, attempts, and that it can move.
 */
export async function violationsOf(engine: { pool: Pool }, runId: string): Promise<string[]> {
  const found: string[] = [];
  // One snapshot, so that a run in motion is judged as of one committed state; sent at once, for one round trip.
  const client = await engine.pool.connect();
  try {
    const [, runs, taskRows, needRows, eventRows, attemptRows] = await Promise.all([
      client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
      client.query<StoredRun>({ name: "check_run", text: RUN, values: [runId] }),
      client.query<CheckedTask>({ name: "check_tasks", text: TASKS, values: [runId] }),
      client.query<{ task_id: string; needs_task_id: string }>({ name: "check_needs", text: NEEDS, values: [runId] }),
      client.query<StoredEvent>({ name: "check_events", text: EVENTS, values: [runId] }),
      client.query<StoredAttempt>({ name: "check_attempts", text: ATTEMPTS, values: [runId] }),
    ]);
    const [run] = runs.rows;
    if (!run) return ["the run is gone"];
    const [tasks, needs, events, attempts] = [taskRows.rows, needRows.rows, eventRows.rows, attemptRows.rows];
    const counts = noTasks();
    for (const task of tasks) counts[task.status] += 1;
    const stored = JSON.stringify(Object.entries(run.counts).sort());
    if (stored !== JSON.stringify(Object.entries(counts).sort())) found.push(`counts are ${stored}`);
    const status = rollup(run, counts);
    if (run.status !== status) found.push(`status is ${run.status}, the rollup says ${status}`);
    if (run.settled !== isSettled(status, run.paused, counts, 0)) found.push(`settled is ${run.settled}`);
    for (const task of tasks) {
      if (task.unmet !== task.unmet_needs)
        found.push(`${task.key} has ${task.unmet} unmet needs, stored ${task.unmet_needs}`);
      const isHeld = task.status === "queued" || task.status === "running" || task.status === "cancel-requested";
      if (task.live !== (isHeld ? 1 : 0)) found.push(`${task.key} is ${task.status} with ${task.live} live attempts`);
      if (task.leases_lost > LEASES_LOST_MAX && (task.status === "dispatched" || isHeld))
        found.push(`${task.key} is ${task.status} after ${task.leases_lost} lost leases`);
      const ready = isReady({ status: task.status, unmetNeeds: task.unmet });
      const autoGoesOn = autoMayDispatch({ ...run, onFailure: run.on_failure }, counts);
      if (ready && task.status === "created" && autoGoesOn) found.push(`${task.key} is ready and auto mode left it`);
      if (task.status === "created" && run.aborted) found.push(`${task.key} is created in an aborted run`);
    }
    found.push(...attemptViolations(attempts), ...historyViolations({ run, tasks, needs, events }));
    found.push(...policyViolations({ run, tasks, events }));
    return found;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}
