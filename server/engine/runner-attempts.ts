import type { CancelOrder, SyncRequest } from "../../runner/protocol";
import type { TaskStatus } from "../core/status";
import type { Queryable } from "../db/pool";
import { TASK_COLUMNS, type TaskRow } from "./load-tasks";
import type { RegisteredSync } from "./register-syncs";

/** An attempt of a runner, with what its standing depends on. */
export interface RunnerAttempt {
  the_attempt_id: string;
  the_runner_id: string;
  instance_id: string;
  sync_number: string;
  ended_at: Date | null;
  /** Of its task: id, status and reason. */
  id: string;
  status: TaskStatus;
  task_reason: string | null;
}

/** An attempt that a runner reports on, with its whole task. */
export interface ReportedAttempt extends RunnerAttempt, TaskRow {
  id: string;
  status: TaskStatus;
  task_reason: string | null;
  started_at: Date | null;
  ended_by: "runner" | "server" | null;
  reported_status: string | null;
  exit_code: number | null;
  /** Of its time limit; null without one. */
  limit_seconds: number | null;
}

const STANDING_COLUMNS =
  "a.id AS the_attempt_id, a.runner_id AS the_runner_id, a.instance_id, a.sync_number, a.ended_at";

/** The attempts $8 of the runners $7, with their tasks. By primary key; locks nothing: it runs under its runs' locks. */
export const REPORTED = `
SELECT ${STANDING_COLUMNS}, a.started_at, a.ended_by, a.reported_status, a.exit_code,
  (t.spec->'timeoutSeconds')::float8 AS limit_seconds, ${TASK_COLUMNS}
FROM attempt a JOIN task t ON t.id = a.task_id
WHERE a.id = ANY($8::uuid[]) AND a.runner_id = ANY($7::uuid[]) ORDER BY a.id`;

const LIVE = `
SELECT ${STANDING_COLUMNS}, t.id, t.status, t.reason AS task_reason
FROM attempt a JOIN task t ON t.id = a.task_id
WHERE a.ended_at IS NULL AND`;

/**
 * The live attempts of the runners $7 besides $8: a runner with many slots has many, so only what its standing needs. By
 * index attempt_live_by_runner; locks nothing.
 */
export const OTHERS = `${LIVE} a.runner_id = ANY($7::uuid[]) AND a.id <> ALL($8::uuid[]) ORDER BY a.id`;

/** One runner's live attempts, in the order of ids. Locks nothing. */
export async function loadLive(db: Queryable, runnerId: string): Promise<RunnerAttempt[]> {
  const { rows } = await db.query<RunnerAttempt>({
    name: "load_live",
    text: `${LIVE} a.runner_id = $1 ORDER BY a.id`,
    values: [runnerId],
  });
  return rows;
}

export interface Standing {
  /** Attempts in `held` that are unknown or ended. */
  lost: string[];
  cancel: CancelOrder[];
  /** Some order in `cancel` is news to the runner. */
  hasNewCancel: boolean;
  /** Live queued attempts of this instance whose assignment was lost with an earlier answer. */
  resend: string[];
  live: number;
}

/**
 * Compares what a runner says it has with what should be true; `attempts` is what is live after its reports, `ended`
 * the attempts that the request's own reports ended.
 */
export function compareHeld(
  attempts: RunnerAttempt[],
  given: { sync: RegisteredSync; request: SyncRequest; ended: Set<string>; graceSeconds: number },
): Standing {
  const { sync, request, ended, graceSeconds } = given;
  const live = new Map(attempts.filter((row) => row.ended_at === null).map((row) => [row.the_attempt_id, row]));
  const held = new Map((request.held ?? []).map((entry) => [entry.attempt_id, entry.status]));
  const reported = new Set((request.reports ?? []).map((report) => report.attempt_id));
  const canceled = [...live.values()].filter((row) => row.status === "cancel-requested");
  return {
    lost: [...held.keys()].filter((id) => !live.has(id) && !ended.has(id)),
    cancel: canceled.map((row) => ({
      attempt_id: row.the_attempt_id,
      reason: row.task_reason ?? "canceled",
      grace_seconds: graceSeconds,
    })),
    hasNewCancel: canceled.some((row) => held.get(row.the_attempt_id) !== "cancel-requested"),
    resend: [...live.values()]
      .filter(
        (row) =>
          row.status === "queued" &&
          row.instance_id === sync.instanceId &&
          // Assigned by an earlier sync, not by this one while it waits.
          BigInt(row.sync_number) < BigInt(sync.syncNumber) &&
          !held.has(row.the_attempt_id) &&
          !reported.has(row.the_attempt_id),
      )
      .map((row) => row.the_attempt_id),
    live: live.size,
  };
}
