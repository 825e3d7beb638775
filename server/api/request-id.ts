import { randomUUID } from "node:crypto";
import type { ApiRequest } from "./api-request";

/** The id that ties an answer to the log: the caller's own when it is a short plain text, else a new one. */
export function requestIdOf(request: Pick<ApiRequest, "headers">): string {
  const given = request.headers.get("x-request-id");
  return given !== null && /^[A-Za-z0-9._:-]{1,100}$/.test(given) ? given : randomUUID();
}
