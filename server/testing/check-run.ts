import { RUN_STATUS_AFTER, TASK_STATUS_AFTER } from "../core/event-status";
import { autoMayDispatch, isSettled, rollup } from "../core/rollup";
import { isReady } from "../core/run-draft";
import {
  type EventType,
  type FailurePolicy,
  isFailure,
  noTasks,
  type RunStatus,
  type TaskStatus,
} from "../core/status";
import type { Engine } from "../engine/engine";

interface StoredRun {
  status: RunStatus;
  settled: boolean;
  aborted: boolean;
  paused: boolean;
  started: boolean;
  dispatch: "manual" | "auto";
  on_failure: FailurePolicy;
  counts: Record<string, number>;
  last_event_number: number;
}

/**
 * Everything that is wrong with a committed run by the invariants of the semantics: rollup and counts, unmet needs,
 * gapless events that replay to the present, dispatch only behind success, attempts, and that it can move.
 */
export async function violationsOf(engine: Pick<Engine, "pool">, runId: string): Promise<string[]> {
  const found: string[] = [];
  // One snapshot, so that a run in motion is judged as of one committed state.
  const client = await engine.pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const [run] = (await client.query<StoredRun>("SELECT * FROM workflow_run WHERE id = $1", [runId])).rows;
    if (!run) return ["the run is gone"];
    const tasks = (
      await client.query<{
        id: string;
        key: string;
        status: TaskStatus;
        unmet_needs: number;
        unmet: number;
        live: number;
      }>(
        `SELECT t.id, t.key, t.status, t.unmet_needs,
           (SELECT count(*)::int FROM dependency d JOIN task n ON n.id = d.needs_task_id
             WHERE d.task_id = t.id AND n.status <> 'success') AS unmet,
           (SELECT count(*)::int FROM attempt a WHERE a.task_id = t.id AND a.ended_at IS NULL) AS live
         FROM task t WHERE t.run_id = $1 ORDER BY t.position`,
        [runId],
      )
    ).rows;
    const needs = (
      await client.query<{ task_id: string; needs_task_id: string }>(
        "SELECT task_id, needs_task_id FROM dependency WHERE run_id = $1",
        [runId],
      )
    ).rows;
    const events = (
      await client.query<{ number: number; type: EventType; task_id: string | null; at: Date }>(
        "SELECT number, type, task_id, at FROM event WHERE run_id = $1 ORDER BY number",
        [runId],
      )
    ).rows;
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
      const ready = isReady({ status: task.status, unmetNeeds: task.unmet });
      const autoGoesOn = autoMayDispatch({ ...run, onFailure: run.on_failure }, counts);
      if (ready && task.status === "created" && autoGoesOn) found.push(`${task.key} is ready and auto mode left it`);
      if (task.status === "created" && run.aborted) found.push(`${task.key} is created in an aborted run`);
    }
    found.push(...replay(run, tasks, needs, events));
    return found;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

function replay(
  run: StoredRun,
  tasks: { id: string; key: string; status: TaskStatus }[],
  needs: { task_id: string; needs_task_id: string }[],
  events: { number: number; type: EventType; task_id: string | null; at: Date }[],
): string[] {
  const found: string[] = [];
  const needsOf = new Map<string, string[]>();
  for (const { task_id, needs_task_id } of needs)
    needsOf.set(task_id, [...(needsOf.get(task_id) ?? []), needs_task_id]);
  const now = new Map<string, TaskStatus>(tasks.map((task) => [task.id, "created"]));
  let status: RunStatus = "created";
  let isAborted = false;
  events.forEach((event, index) => {
    if (event.number !== index + 1) found.push(`event ${event.number} is in place ${index + 1}`);
    if (event.at < (events[index - 1]?.at ?? event.at))
      found.push(`event ${event.number} is earlier than the one before`);
    const next = RUN_STATUS_AFTER[event.type];
    if (next) {
      if (next === status && event.type !== "workflow_run.created") found.push(`event ${event.number} changes nothing`);
      status = next;
      isAborted ||= next === "aborted";
    }
    const to = TASK_STATUS_AFTER[event.type];
    if (!to || event.task_id === null) return;
    const from = now.get(event.task_id);
    if (from === to) found.push(`event ${event.number} leaves its task ${to}`);
    if (isAborted && to === "dispatched") found.push(`event ${event.number} dispatches after the abort`);
    if (to === "dispatched" && (from === "created" || (from !== undefined && isFailure(from))))
      for (const need of needsOf.get(event.task_id) ?? [])
        if (now.get(need) !== "success") found.push(`event ${event.number} dispatches before what it needs`);
    now.set(event.task_id, to);
  });
  if (events.length !== run.last_event_number)
    found.push(`${events.length} events, the run says ${run.last_event_number}`);
  if (status !== run.status) found.push(`events replay to ${status}, the run is ${run.status}`);
  for (const task of tasks)
    if (now.get(task.id) !== task.status)
      found.push(`events replay ${task.key} to ${now.get(task.id)}, it is ${task.status}`);
  return found;
}
