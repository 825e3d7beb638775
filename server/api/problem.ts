import type { AppError } from "../errors";
import { ERROR_MAP } from "./error-map";
import { logError } from "./log-error";
import { TextResponse } from "./text-response";
import { toAppError } from "./to-app-error";

/** Seconds after which a caller may try again. */
const RETRY_AFTER: Partial<Record<AppError["code"], string>> = {
  unavailable: "2",
  rate_limited: "60",
  idempotency_key_in_progress: "1",
};

/** An error as application/problem+json (RFC 9457); logged here, once, when the operator should see it. */
export function problemResponse(
  error: unknown,
  where: { requestId: string; at: string },
  headers: Record<string, string> = {},
): Response {
  const known = toAppError(error);
  const form = ERROR_MAP[known.code];
  logError(error, where);
  const retryAfter = RETRY_AFTER[known.code];
  const body = {
    type: "about:blank",
    title: form.title,
    status: form.http,
    code: known.code,
    detail: known.message,
    request_id: where.requestId,
    ...(known.errors ? { errors: known.errors } : {}),
  };
  return new TextResponse(JSON.stringify(body), {
    status: form.http,
    headers: {
      "content-type": "application/problem+json",
      ...commonHeaders(where.requestId),
      ...(retryAfter ? { "retry-after": retryAfter } : {}),
      ...(form.http === 401 ? { "www-authenticate": 'Bearer realm="switchyard"' } : {}),
      ...headers,
    },
  });
}

/** On every answer of REST and the runner protocol. */
export function commonHeaders(requestId: string): Record<string, string> {
  return { "x-request-id": requestId, "cache-control": "no-store", "x-content-type-options": "nosniff" };
}
