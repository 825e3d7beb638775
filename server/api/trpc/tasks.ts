import { z } from "zod";
import { cancelTask } from "../../engine/cancel-task";
import { readTask } from "../../read/task";
import { readAttemptLog, readTaskAttempt } from "../../read/task-log";
import { callerOfSession } from "../caller";
import { existingId, found } from "../operations/found";
import { presentLogEntry } from "../present/log";
import { presentTaskDetail } from "../present/task";
import { afterNumber, attemptNumber, LIMITS, limitUpTo, plainText } from "../schemas";
import { procedureWith, router } from "./init";

const taskId = z.object({ taskId: z.string().max(100) });
const read = procedureWith("team.read");

export const tasksRouter = router({
  get: read.input(taskId).query(async ({ ctx, input }) => {
    const which = { teamId: ctx.session.teamId, taskId: existingId(input.taskId, "task") };
    return presentTaskDetail(found(await readTask(ctx.engine.pool, which), "task"));
  }),

  cancel: procedureWith("task.cancel")
    .input(taskId.extend({ reason: plainText(1_000).optional() }))
    .mutation(async ({ ctx, input }) => {
      const which = { teamId: ctx.session.teamId, taskId: existingId(input.taskId, "task") };
      const { actor } = callerOfSession(ctx.engine, ctx.session);
      await cancelTask(ctx.engine, { ...which, actor, ...(input.reason ? { reason: input.reason } : {}) });
      return presentTaskDetail(found(await readTask(ctx.engine.pool, which), "task"));
    }),

  logs: read
    .input(
      taskId.extend({
        attempt: attemptNumber.optional(),
        after: afterNumber.default(0),
        limit: limitUpTo(LIMITS.logs).default(LIMITS.logs),
      }),
    )
    .query(async ({ ctx, input }) => {
      const { attempt, after, limit } = input;
      const which = { teamId: ctx.session.teamId, taskId: existingId(input.taskId, "task"), attempt };
      const { attempt_id: attemptId, number } = found(await readTaskAttempt(ctx.engine.pool, which), "attempt");
      const rows = attemptId === null ? [] : await readAttemptLog(ctx.engine.pool, { attemptId, after, limit });
      return { attempt: number, items: rows.map(presentLogEntry), nextAfter: rows.at(-1)?.seq ?? after };
    }),
});
