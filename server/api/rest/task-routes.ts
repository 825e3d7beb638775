import { z } from "zod";
import { cancelTask } from "../../engine/cancel-task";
import { readTask } from "../../read/task";
import { readAttemptLog, readTaskAttempt } from "../../read/task-log";
import type { Caller } from "../caller";
import { found } from "../operations/found";
import { presentLogEntry } from "../present/log";
import { presentTaskDetail } from "../present/task";
import { afterNumber, attemptNumber, LIMITS, limitUpTo, reasonBody } from "../schemas";
import { prefersText } from "./accept";
import { numeric } from "./cursor";
import { jsonResponse } from "./json-response";
import { plainLog } from "./plain-log";
import { type Route, route } from "./route";

export const taskRoutes: Route[] = [
  route({
    method: "GET",
    path: "/api/v1/tasks/{id}",
    policy: "team.read",
    subject: "task",
    handler: ({ caller, id }) => answerTask(caller, id),
  }),

  route({
    method: "POST",
    path: "/api/v1/tasks/{id}/cancel",
    policy: "task.cancel",
    subject: "task",
    body: { schema: reasonBody },
    handler: async ({ caller, id, body }) => {
      const { engine, teamId, actor } = caller;
      await cancelTask(engine, { teamId, taskId: id, actor, ...(body.reason ? { reason: body.reason } : {}) });
      return answerTask(caller, id);
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/tasks/{id}/logs",
    policy: "team.read",
    subject: "task",
    query: z.object({
      attempt: numeric(attemptNumber).optional(),
      after: numeric(afterNumber).default(0),
      limit: numeric(limitUpTo(LIMITS.logs)).optional(),
    }),
    handler: async ({ caller, id, query, request }) => {
      const { after, limit } = query;
      const db = caller.engine.pool;
      const which = { teamId: caller.teamId, taskId: id, attempt: query.attempt };
      const { attempt_id: attemptId } = found(await readTaskAttempt(db, which), "attempt of this task");
      if (prefersText(request.headers.get("accept"))) return plainLog(db, { attemptId, after, limit });
      const rows =
        attemptId === null ? [] : await readAttemptLog(db, { attemptId, after, limit: limit ?? LIMITS.logs });
      return jsonResponse({ items: rows.map(presentLogEntry), next_after: rows.at(-1)?.seq ?? after });
    },
  }),
];

async function answerTask({ engine, teamId }: Caller, taskId: string): Promise<Response> {
  return jsonResponse(presentTaskDetail(found(await readTask(engine.pool, { teamId, taskId }), "task")));
}
