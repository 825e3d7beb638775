import { z } from "zod";
import { hashToken, makeToken, RUNNER_TOKEN_PREFIX } from "../../auth/token-text";
import { createRunner } from "../../engine/create-runner";
import { revokeRunner } from "../../engine/revoke-runner";
import { readRunnerList } from "../../read/runner-list";
import { presentRunner } from "../present/runner";
import { createRunnerBody } from "../schemas";
import { jsonResponse } from "./json-response";
import { type Route, route } from "./route";

export const runnerRoutes: Route[] = [
  route({
    method: "GET",
    path: "/api/v1/runners",
    policy: "team.read",
    query: z.object({}),
    handler: async ({ caller }) => {
      const rows = await readRunnerList(caller.engine.pool, caller.teamId);
      return jsonResponse({ items: rows.map(presentRunner), next_cursor: null });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/runners",
    policy: "runner.manage",
    body: { schema: createRunnerBody },
    // No Idempotency-Key here: remembering the answer would store the token.
    handler: async ({ caller, body }) => {
      const token = makeToken(RUNNER_TOKEN_PREFIX);
      const { teamId, engine } = caller;
      const { runnerId } = await createRunner(engine, { teamId, name: body.name, tokenHash: hashToken(token) });
      return jsonResponse({ id: runnerId, name: body.name, token }, 201);
    },
  }),

  route({
    method: "DELETE",
    path: "/api/v1/runners/{id}",
    policy: "runner.manage",
    subject: "runner",
    handler: async ({ caller, id }) => {
      await revokeRunner(caller.engine, { teamId: caller.teamId, runnerId: id });
      return new Response(null, { status: 204 });
    },
  }),
];
