import { TRPCError } from "@trpc/server";
import { ZodError, z } from "zod";
import { AppError, type ErrorCode } from "../errors";
import { ERROR_MAP } from "./error-map";
import { fieldErrors } from "./field-errors";

// Network errors of node, and the classes of PostgreSQL codes for "cannot connect" (08), "too many" (53) and "shutting down" (57P).
// Prisma says P1xxx when it cannot reach a database.
const UNREACHABLE =
  /^(P1...|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EHOSTUNREACH|08...|53...|57P0.)$/;
const LOST = /timeout exceeded when trying to connect|connection terminated|client has encountered a connection error/i;

/** Whatever was thrown as one of our codes: an unreachable database is `unavailable`, anything unknown is `internal`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ZodError) return new AppError("invalid_input", "Some fields are invalid.", fieldErrors(error));
  if (error instanceof TRPCError) return fromTrpc(error);
  if (isUnreachable(error))
    return new AppError("unavailable", "The database cannot be reached. Try again in a few seconds.");
  return new AppError("internal", "Something went wrong on the server. Its log has the details under this request id.");
}

function fromTrpc(error: TRPCError): AppError {
  // A body or input that tRPC could not read, whatever its parser threw; a body that was cut off is no lost database.
  const isUnread = error.code === "BAD_REQUEST" || error.code === "PARSE_ERROR";
  if (isUnread && !(error.cause instanceof ZodError || error.cause instanceof AppError))
    return new AppError("invalid_input", "The request could not be read.");
  // What tRPC wraps around a throw of ours says less than the throw itself.
  if (error.cause !== undefined && !(error.cause instanceof TRPCError)) {
    const cause = toAppError(error.cause);
    if (cause.code !== "internal" || error.code === "INTERNAL_SERVER_ERROR") return cause;
  }
  const known = Object.entries(ERROR_MAP).find(([, form]) => form.trpc === error.code);
  if (!known || error.code === "INTERNAL_SERVER_ERROR") return toAppError(undefined);
  return new AppError(known[0] as ErrorCode, error.message);
}

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  if (UNREACHABLE.test(code) || LOST.test(error.message)) return true;
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  if (UNREACHABLE.test(originalCode(error))) return true;
  return error.cause !== undefined && isUnreachable(error.cause);
}

/** What PostgreSQL said, where Prisma wraps it in an error of its own. */
const wrapped = z.object({
  meta: z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) }),
});

function originalCode(error: Error): string {
  const found = wrapped.safeParse(error);
  return found.success ? found.data.meta.driverAdapterError.cause.originalCode : "";
}
