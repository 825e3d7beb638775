import { TRPCClientError } from "@trpc/client";

/** What a refused call says to a person; calls that found no server say so. */
export function errorText(error: unknown): string {
  if (error instanceof TRPCClientError && error.data) return error.message;
  return "The server did not answer. Check your connection and try again.";
}

/** The number under which the server's log knows a failed call. */
export function requestIdOf(error: unknown): string | null {
  const data = error instanceof TRPCClientError ? (error.data as { requestId?: unknown } | null) : null;
  return typeof data?.requestId === "string" ? data.requestId : null;
}

/** Whether a call was refused because nobody is signed in any more. */
export function isSignedOut(error: unknown): boolean {
  const data = error instanceof TRPCClientError ? (error.data as { appCode?: unknown } | null) : null;
  return data?.appCode === "unauthenticated";
}
