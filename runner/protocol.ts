/**
 * The runner protocol (docs/runner-protocol.md shows it in curl). This file is the one contract: the server parses with
 * these schemas, the runner is typed by them.
 *
 * A runner calls `POST /api/runner/sync` in a loop, one request at a time: it says what it holds, what ended and how much
 * room it has; the answer says what should be true. Every request may be repeated after a lost answer.
 *
 * - 200: act on `lost` (stop the process, report nothing), `cancel` (SIGTERM, after the grace SIGKILL, report `canceled`),
 *   `assignments` (write the attempt's id to disk, then start it), forget reports that were answered, accepted or not.
 * - 401 `unauthenticated`: claim nothing, let processes end, keep results, ask again every 30 s, say so.
 * - 409 `runner_replaced`: stop at once; a newer instance owns the token and the processes.
 * - 413, 422: the request is wrong; do not repeat it as it is.
 * - 429, 5xx, no answer, unreadable answer: repeat with backoff and jitter; processes go on, results are kept.
 *
 * A lease is kept by listing its attempt in `held`. `lease_seconds` holds until the runner reported `running`,
 * `running_lease_seconds` afterwards; a runner whose lease has run out by its own monotonic clock stops the process.
 *
 * Output goes to `POST /api/runner/attempts/{attempt_id}/logs`; `next_seq` in the answer says where to go on.
 */
import { z } from "zod";

export const LEASE_LOST = "lease_lost";
/** Reasons that the server acts on; every other reason is text for people. */
export const REASON_TIMED_OUT = "timed-out";
export const REASON_RUNNER_LOST = "runner-lost";
export const MAX_WAIT_MS = 30_000;
/** Accepted for so long after an attempt's end. */
export const LOG_ACCEPTED_HOURS = 24;

const shortText = z.string().max(200);

export const heldStatus = z.enum(["queued", "running", "cancel-requested"]);
export const reportStatus = z.enum(["running", "success", "failed", "canceled", "submit-failed"]);
export type ReportStatus = z.infer<typeof reportStatus>;

export const report = z.object({
  attempt_id: z.string().max(100),
  status: reportStatus,
  /** The runner's own time, RFC 3339; kept in the event's data, never used to decide. */
  at: z.string().max(40).optional(),
  exit_code: z.int().min(-2147483648).max(2147483647).nullish(),
  reason: z.string().max(10_000).nullish(),
  outputs: z.record(z.string().max(200), z.string().max(65_536)).nullish(),
});
export type Report = z.infer<typeof report>;

export const syncRequest = z.object({
  runner: z
    .object({
      /** Random per start of the program; absent counts as one fixed value. */
      instance_id: shortText.optional(),
      version: shortText.optional(),
      os: shortText.optional(),
      arch: shortText.optional(),
      labels: z.array(z.string().min(1).max(63)).max(100).optional(),
      slots: z.int().min(0).max(10_000).optional(),
      state: z.enum(["active", "draining"]).optional(),
    })
    .optional(),
  held: z
    .array(z.object({ attempt_id: z.string().max(100), status: heldStatus }))
    .max(20_000)
    .optional(),
  reports: z.array(report).max(20_000).optional(),
  free_slots: z.int().min(0).max(10_000).optional(),
  wait_ms: z.int().min(0).max(MAX_WAIT_MS).optional(),
});
export type SyncRequest = z.infer<typeof syncRequest>;

export interface ReportAnswer {
  attempt_id: string;
  accepted: boolean;
  code?: typeof LEASE_LOST;
}

export interface AssignmentSpec {
  run: string;
  shell: "bash" | "sh";
  /** The workflow's variables under the step's. */
  env: Record<string, string>;
  working_directory?: string;
  timeout_seconds?: number;
}

export interface Assignment {
  attempt_id: string;
  task_id: string;
  run_id: string;
  run_number: number;
  key: string;
  /** Counts from 1. */
  attempt: number;
  lease_expires_at: string;
  spec: AssignmentSpec;
}

export interface CancelOrder {
  attempt_id: string;
  reason: string;
  grace_seconds: number;
}

export interface SyncAnswer {
  reports: ReportAnswer[];
  assignments: Assignment[];
  cancel: CancelOrder[];
  /** Attempts in `held` that the runner must drop: stop the process, report nothing. */
  lost: string[];
  lease_seconds: number;
  running_lease_seconds: number;
  server_time: string;
}

function isUsualInstant(at: string): boolean {
  const instant = new Date(at);
  return instant.getTime() >= 0 && instant.getUTCFullYear() <= 9999;
}

export const logEntry = z.object({
  /** Counts from 1 without gaps per attempt. */
  seq: z.int().min(1).max(2147483647),
  stream: z.enum(["stdout", "stderr", "system"]),
  /** Any offset on the wire; parsed it is UTC, because a database may know fewer offsets and years than RFC 3339. */
  at: z.iso
    .datetime({ offset: true, abort: true })
    .refine(isUsualInstant, "An instant of the years 1970 to 9999.")
    .transform((at) => new Date(at).toISOString()),
  /** Any piece of text, not necessarily a line. */
  text: z.string().max(1_048_576),
});
export const logRequest = z.object({ entries: z.array(logEntry).max(1_000) });
export type LogEntryInput = z.infer<typeof logEntry>;

export interface LogAnswer {
  next_seq: number;
}
