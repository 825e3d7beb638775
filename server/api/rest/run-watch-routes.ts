import { z } from "zod";
import { readRunHead } from "../../read/run";
import { readRunEvents } from "../../read/run-events";
import { readRunPlan } from "../../read/run-plan";
import { readRunTasks } from "../../read/run-tasks";
import type { Caller } from "../caller";
import { found } from "../operations/found";
import { presentEvent } from "../present/event";
import { presentTask } from "../present/task";
import { afterNumber, LIMITS, limitUpTo } from "../schemas";
import { isFollowed } from "../stream";
import { makeCursor, numeric, readCursor } from "./cursor";
import { eventStream } from "./event-stream";
import { jsonResponse } from "./json-response";
import { type Route, route } from "./route";

export const runWatchRoutes: Route[] = [
  route({
    method: "GET",
    path: "/api/v1/workflow-runs/{id}/tasks",
    policy: "team.read",
    subject: "run",
    query: z.object({ limit: numeric(limitUpTo(LIMITS.tasks)).default(LIMITS.tasks), cursor: z.string().optional() }),
    handler: async ({ caller, id, query }) => {
      const after = readCursor(query.cursor, z.int().min(0).max(2_147_483_647));
      const which = await visibleRun(caller, id);
      const page = await readRunTasks(caller.engine.pool, { ...which, limit: query.limit, after });
      const next = page.nextAfter === null ? null : makeCursor(page.nextAfter);
      return jsonResponse({ items: page.rows.map(presentTask), next_cursor: next });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflow-runs/{id}/plan",
    policy: "team.read",
    subject: "run",
    handler: async ({ caller, id }) =>
      jsonResponse(found(await readRunPlan(caller.engine.pool, { teamId: caller.teamId, runId: id }), "run")),
  }),

  route({
    method: "GET",
    path: "/api/v1/workflow-runs/{id}/events",
    policy: "team.read",
    subject: "run",
    query: z.object({
      after: numeric(afterNumber).default(0),
      limit: numeric(limitUpTo(LIMITS.events)).default(LIMITS.events),
    }),
    handler: async ({ caller, id, query }) => {
      const { runId } = await visibleRun(caller, id);
      const rows = await readRunEvents(caller.engine.pool, { runId, ...query });
      return jsonResponse({ items: rows.map(presentEvent), next_after: rows.at(-1)?.number ?? query.after });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflow-runs/{id}/stream",
    policy: "team.read",
    subject: "run",
    query: z.object({ after: numeric(afterNumber).default(0) }),
    handler: async ({ caller, id, query, request, mayStill }) => {
      const which = { teamId: caller.teamId, runId: id };
      if (!(await isFollowed(caller.engine, which))) await visibleRun(caller, id);
      const last = numeric(afterNumber).safeParse(request.headers.get("last-event-id"));
      return eventStream(caller.engine, {
        ...which,
        after: last.success ? last.data : query.after,
        viewer: request.signal,
        mayStillLook: mayStill,
      });
    },
  }),
];

async function visibleRun({ engine, teamId }: Caller, runId: string): Promise<{ teamId: string; runId: string }> {
  found(await readRunHead(engine.pool, { teamId, runId }), "run");
  return { teamId, runId };
}
