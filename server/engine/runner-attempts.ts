import type { CancelOrder, SyncRequest } from "../../runner/protocol";
import type { TaskStatus } from "../core/status";
import type { Queryable } from "../db/pool";
import { TASK_COLUMNS, type TaskRow } from "./load-tasks";
import type { RegisteredSync } from "./register-syncs";

/** An attempt of a runner with its task. */
export interface AttemptRow extends TaskRow {
  the_attempt_id: string;
  the_runner_id: string;
  instance_id: string;
  sync_number: string;
  started_at: Date | null;
  ended_at: Date | null;
  ended_by: "runner" | "server" | null;
  reported_status: string | null;
  exit_code: number | null;
  status: TaskStatus;
  /** Of its time limit; null without one. */
  limit_seconds: number | null;
}

// Live attempts of the runners (index attempt_live_by_runner) and the named ones (primary key). Locks nothing: what
// decides is read under the lock of its run.
const ATTEMPTS = `
SELECT a.id AS the_attempt_id, a.runner_id AS the_runner_id, a.instance_id, a.sync_number, a.started_at, a.ended_at, a.ended_by, a.reported_status,
  a.exit_code, (t.spec->'timeoutSeconds')::float8 AS limit_seconds,
  ${TASK_COLUMNS}
FROM (
  SELECT * FROM attempt WHERE runner_id = ANY($1::uuid[]) AND ended_at IS NULL
  UNION ALL
  SELECT * FROM attempt WHERE id = ANY($2::uuid[]) AND runner_id = ANY($1::uuid[]) AND ended_at IS NOT NULL
) a JOIN task t ON t.id = a.task_id ORDER BY a.id`;

/** The runners' live attempts, and of the named ones those that have ended; by runner, each in the order of ids. */
export async function loadAttempts(
  db: Queryable,
  runnerIds: string[],
  named: string[],
): Promise<Map<string, AttemptRow[]>> {
  const { rows } = await db.query<AttemptRow>({ name: "load_attempts", text: ATTEMPTS, values: [runnerIds, named] });
  const byRunner = new Map<string, AttemptRow[]>(runnerIds.map((id) => [id, []]));
  for (const row of rows) byRunner.get(row.the_runner_id)?.push(row);
  return byRunner;
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
  attempts: AttemptRow[],
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
