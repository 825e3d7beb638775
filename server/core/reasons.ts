/** Why a task does not run yet: spec of `GET /workflow-runs/{id}/plan`. */
export const REASON_CODES = [
  "waiting_for",
  "blocked_by",
  "needs_dispatch",
  "needs_approval",
  "retry_at",
  "run_paused",
  "stopped_by_failure",
  "concurrency_group",
  "no_runner_label",
  "runner_offline",
  "runners_busy",
  "assigned",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** `message` is for people; the other fields say the same to programs (`keys` of tasks, `labels`, `position`, `runner`). */
export interface Reason {
  code: ReasonCode;
  message: string;
  keys?: string[];
  labels?: string[];
  position?: number;
  runner?: string;
}
