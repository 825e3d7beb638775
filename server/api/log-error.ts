import { TRPCError } from "@trpc/server";
import { ERROR_MAP } from "./error-map";
import { toAppError } from "./to-app-error";

/** Writes an error that the operator should see as one JSON line to stderr; the caller never sees its text. */
export function logError(error: unknown, where: { requestId: string; at: string }): void {
  const { code } = toAppError(error);
  if (!ERROR_MAP[code].log) return;
  // What tRPC wraps around an error says less than the error itself.
  const known = error instanceof TRPCError ? (error.cause ?? error) : error;
  const cause = known instanceof Error ? (known.stack ?? known.message) : String(known);
  const line = {
    level: "error",
    time: new Date().toISOString(),
    request_id: where.requestId,
    at: where.at,
    code,
    cause,
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
