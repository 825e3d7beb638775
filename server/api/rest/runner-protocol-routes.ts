import { logRequest, syncRequest } from "../../../runner/protocol";
import type { RunnerIdentity } from "../../auth/tokens";
import { appendLog } from "../../engine/append-log";
import { syncRunner } from "../../engine/sync-runner";
import { AppError } from "../../errors";
import { isUuid } from "../uuid";
import { jsonResponse } from "./json-response";
import { type Route, route } from "./route";

const MAX_BODY = 8 * 1024 * 1024;

/** What runners call; newer runners may send more than this server knows, so unknown fields are ignored. */
export const runnerProtocolRoutes: Route[] = [
  route({
    method: "POST",
    path: "/api/runner/sync",
    policy: "runner.protocol",
    body: { schema: syncRequest, tolerant: true },
    bodyLimit: MAX_BODY,
    handler: async ({ caller, body, runner, request, mayStill }) => {
      const { runnerId: id, teamId, name } = known(runner);
      const answer = await syncRunner(caller.engine, {
        runner: { id, teamId, name },
        request: body,
        signal: request.signal,
      });
      // A runner that was revoked while it waited is told at once rather than at its next sync.
      if (!(await mayStill())) throw revoked();
      return jsonResponse(answer);
    },
  }),

  route({
    method: "POST",
    path: "/api/runner/attempts/{id}/logs",
    policy: "runner.protocol",
    body: { schema: logRequest, tolerant: true },
    bodyLimit: MAX_BODY,
    handler: async ({ caller, id, body, runner }) => {
      const { runnerId } = known(runner);
      if (!isUuid(id)) throw new AppError("not_found", "There is no such attempt.");
      const { nextSeq } = await appendLog(caller.engine, { runnerId, attemptId: id, entries: body.entries });
      return jsonResponse({ next_seq: nextSeq });
    },
  }),
];

function known(runner: RunnerIdentity | null): RunnerIdentity {
  if (!runner) throw revoked();
  return runner;
}

function revoked(): AppError {
  return new AppError("unauthenticated", "This runner token is unknown, expired or revoked.");
}
