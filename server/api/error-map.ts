import type { TRPCError } from "@trpc/server";
import type { ErrorCode } from "../errors";

interface ErrorForm {
  http: number;
  trpc: TRPCError["code"];
  /** Short, the same for every occurrence: the `title` of a problem document. */
  title: string;
  /** Whether the server's operator should see it in the log. */
  log: boolean;
}

/** Each error code in HTTP and tRPC; nothing else knows HTTP numbers. */
export const ERROR_MAP: Record<ErrorCode, ErrorForm> = {
  invalid_input: form(422, "UNPROCESSABLE_CONTENT", "The request has invalid fields"),
  invalid_workflow: form(422, "UNPROCESSABLE_CONTENT", "The workflow definition has problems"),
  unauthenticated: form(401, "UNAUTHORIZED", "Not signed in"),
  forbidden: form(403, "FORBIDDEN", "Not allowed"),
  not_found: form(404, "NOT_FOUND", "Not found"),
  conflict: form(409, "CONFLICT", "Not possible now"),
  name_taken: form(409, "CONFLICT", "The name is taken"),
  task_ended: form(409, "CONFLICT", "The task has ended"),
  run_aborted: form(409, "CONFLICT", "The run is aborted"),
  run_paused: form(409, "CONFLICT", "The run is paused"),
  run_settled: form(409, "CONFLICT", "The run has ended"),
  runner_replaced: form(409, "CONFLICT", "A newer instance of the runner is active"),
  precondition_failed: form(412, "PRECONDITION_FAILED", "It was changed meanwhile"),
  idempotency_key_reused: form(422, "UNPROCESSABLE_CONTENT", "The Idempotency-Key was used with another body"),
  idempotency_key_in_progress: form(409, "CONFLICT", "The first request with this Idempotency-Key is in progress"),
  unsupported_media_type: form(415, "UNSUPPORTED_MEDIA_TYPE", "The content type is not supported"),
  method_not_allowed: form(405, "METHOD_NOT_SUPPORTED", "The method is not allowed here"),
  too_large: form(413, "PAYLOAD_TOO_LARGE", "The request is too large"),
  rate_limited: form(429, "TOO_MANY_REQUESTS", "Too many requests"),
  unavailable: form(503, "SERVICE_UNAVAILABLE", "Temporarily unavailable", true),
  internal: form(500, "INTERNAL_SERVER_ERROR", "Something went wrong on the server", true),
};

function form(http: number, trpc: TRPCError["code"], title: string, log = false): ErrorForm {
  return { http, trpc, title, log };
}
