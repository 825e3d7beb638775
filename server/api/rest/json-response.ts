import { TextResponse } from "../text-response";

/** JSON with a status; the router adds what every answer carries. */
export function jsonResponse(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new TextResponse(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}
