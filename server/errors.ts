/** The closed list of what can go wrong for a caller; server/api/error-map.ts gives each its HTTP and tRPC form. */
export const ERROR_CODES = [
  "invalid_input",
  "invalid_workflow",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "name_taken",
  "task_ended",
  "run_aborted",
  "run_paused",
  "run_settled",
  "runner_replaced",
  "precondition_failed",
  "idempotency_key_reused",
  "idempotency_key_in_progress",
  "unsupported_media_type",
  "method_not_allowed",
  "too_large",
  "rate_limited",
  "unavailable",
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A field that was refused: a JSON pointer into the request and what to do about it. */
export interface FieldError {
  pointer: string;
  message: string;
  [detail: string]: unknown;
}

/** An error meant for the caller. `message` names what is wrong and what to do; anything else thrown is `internal`. */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly errors?: FieldError[],
  ) {
    super(message);
    this.name = "AppError";
  }
}
