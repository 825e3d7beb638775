import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { logError } from "../log-error";
import { problemResponse } from "../problem";
import { requestIdOf } from "../request-id";
import { appRouter } from "./app-router";
import { createContext } from "./context";
import { requireSameOrigin } from "./same-origin";

/** Answers every tRPC call of the browser. */
export async function handleTrpc(request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  try {
    // Reads are GET and change nothing; tRPC itself refuses a mutation by GET.
    if (request.method !== "GET") requireSameOrigin(request);
  } catch (error) {
    return problemResponse(error, { requestId, at: "trpc" });
  }
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: async () => ({ ...(await createContext(request)), requestId }),
    onError: ({ error, path }) => logError(error, { requestId, at: `trpc ${path ?? ""}` }),
    responseMeta: () => ({
      headers: {
        "x-request-id": requestId,
        "cache-control": "no-store, no-transform",
        "x-content-type-options": "nosniff",
      },
    }),
  });
}
