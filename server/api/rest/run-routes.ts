import { z } from "zod";
import { abortRun } from "../../engine/abort-run";
import { dispatchReady } from "../../engine/dispatch-ready";
import { setDispatchMode } from "../../engine/set-dispatch-mode";
import { readRun } from "../../read/run";
import { readRunList } from "../../read/run-list";
import type { Caller } from "../caller";
import { dispatchAnswer } from "../operations/dispatch-answer";
import { found } from "../operations/found";
import { startRun } from "../operations/start-run";
import { presentRun } from "../present/run";
import {
  createRunBody,
  dispatchModeBody,
  dispatchReadyBody,
  LIMITS,
  limitUpTo,
  reasonBody,
  runStatus,
} from "../schemas";
import { isUuid } from "../uuid";
import { makeCursor, numeric, readCursor } from "./cursor";
import { idempotent } from "./idempotent";
import { jsonResponse } from "./json-response";
import { type Route, route } from "./route";

/** A definition in a run's body may be as large as one saved as a template. */
const MAX_RUN_BODY = 8 * 1024 * 1024;

export const runRoutes: Route[] = [
  route({
    method: "POST",
    path: "/api/v1/workflow-runs",
    policy: "run.create",
    body: { schema: createRunBody },
    bodyLimit: MAX_RUN_BODY,
    handler: (context) => {
      const { teamId } = context.caller;
      return idempotent<{ runId: string }>(context, {
        act: (idempotency) => startRun(context.caller, context.body, idempotency),
        answer: async (db, { runId }) => ({
          status: 201,
          body: presentRun(found(await readRun(db, { teamId, runId }), "run")),
        }),
      });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflow-runs",
    policy: "team.read",
    query: z.object({
      status: runStatus.optional(),
      workflow_template_id: z.string().optional(),
      limit: numeric(limitUpTo(LIMITS.runs)).default(50),
      cursor: z.string().optional(),
    }),
    handler: async ({ caller, query }) => {
      const before = readCursor(query.cursor, z.int().min(1).max(2_147_483_647));
      const templateId = query.workflow_template_id;
      // An id that cannot exist has no runs.
      if (templateId !== undefined && !isUuid(templateId)) return jsonResponse({ items: [], next_cursor: null });
      const { teamId } = caller;
      const { status, limit } = query;
      const page = await readRunList(caller.engine.pool, {
        teamId,
        status,
        templateId,
        limit,
        before,
        withTaskIds: true,
      });
      return jsonResponse({
        items: page.rows.map((row) => presentRun({ ...row, task_ids: row.task_ids ?? [] })),
        next_cursor: page.nextBefore === null ? null : makeCursor(page.nextBefore),
      });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflow-runs/{id}",
    policy: "team.read",
    subject: "run",
    handler: ({ caller, id }) => answerRun(caller, id),
  }),

  route({
    method: "POST",
    path: "/api/v1/workflow-runs/{id}/dispatch-ready",
    policy: "run.dispatch",
    subject: "run",
    body: { schema: dispatchReadyBody },
    handler: (context) => {
      const { engine, teamId, actor } = context.caller;
      const { limit, keys } = context.body;
      const which = { teamId, runId: context.id };
      return idempotent<Awaited<ReturnType<typeof dispatchReady>>>(context, {
        act: (idempotency) =>
          dispatchReady(engine, {
            ...which,
            actor,
            ...(limit === undefined ? {} : { limit }),
            ...(keys === undefined ? {} : { keys }),
            ...(idempotency ? { idempotency } : {}),
          }),
        answer: async (db, result) => ({ status: 200, body: await dispatchAnswer(db, which, result) }),
      });
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflow-runs/{id}/dispatch-mode",
    policy: "run.dispatch",
    subject: "run",
    body: { schema: dispatchModeBody },
    handler: async ({ caller, id, body }) => {
      const { engine, teamId, actor } = caller;
      await setDispatchMode(engine, { teamId, runId: id, actor, dispatch: body.dispatch });
      return answerRun(caller, id);
    },
  }),

  route({
    method: "POST",
    path: "/api/v1/workflow-runs/{id}/abort",
    policy: "run.abort",
    subject: "run",
    body: { schema: reasonBody },
    handler: async ({ caller, id, body }) => {
      const { engine, teamId, actor } = caller;
      await abortRun(engine, { teamId, runId: id, actor, ...(body.reason ? { reason: body.reason } : {}) });
      return answerRun(caller, id);
    },
  }),
];

async function answerRun({ engine, teamId }: Caller, runId: string): Promise<Response> {
  return jsonResponse(presentRun(found(await readRun(engine.pool, { teamId, runId }), "run")));
}
