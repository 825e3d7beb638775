import { z } from "zod";
import { POLICIES, type Policy, roleMay, roleRefusal } from "../../auth/policy";
import { AppError } from "../../errors";
import { readLogPage } from "../../read/log-page";
import { readRunHead } from "../../read/run";
import { readRunGraph } from "../../read/run-graph";
import { readRunHistory } from "../../read/run-history";
import { readRunPage } from "../../read/run-page";
import { readRunTaskTable } from "../../read/run-task-table";
import { readRunnersPage } from "../../read/runners-page";
import { readRunsListPage } from "../../read/runs-list-page";
import { readTaskDrawer } from "../../read/task-drawer";
import { readTaskReasons } from "../../read/task-reasons";
import { readTemplatePage, readTemplatesPage } from "../../read/templates-page";
import { afterNumber, attemptNumber, LIMITS, limitUpTo } from "../schemas";
import { procedureWith, router } from "./init";

const see = procedureWith("team.read");
/** The number of a run or an event that the next page begins before. */
const cursor = afterNumber;
const page = limitUpTo(200).default(50);

/** What the pages show; each answer is shaped for one screen and is no contract for programs. */
export const screensRouter = router({
  /** Who is signed in, and for every policy the sentence why they may not; absent when they may. */
  me: see.query(({ ctx: { session } }) => {
    const refusals: Partial<Record<Policy, string>> = {};
    for (const policy of Object.keys(POLICIES) as Policy[])
      if (!roleMay(session.role, policy)) refusals[policy] = roleRefusal(session.role, policy);
    return { name: session.name, email: session.email, role: session.role, teamName: session.teamName, refusals };
  }),
  runs: see.input(z.object({ cursor: cursor.nullish(), limit: page })).query(({ ctx, input }) =>
    readRunsListPage(ctx.engine.pool, {
      teamId: ctx.session.teamId,
      before: input.cursor ?? null,
      limit: input.limit,
    }),
  ),
  run: see
    .input(z.object({ number: attemptNumber }))
    .query(async ({ ctx, input }) =>
      found(await readRunPage(ctx.engine.pool, { teamId: ctx.session.teamId, number: input.number }), "run"),
    ),
  runGraph: see
    .input(z.object({ runId: z.uuid() }))
    .query(async ({ ctx, input }) =>
      found(await readRunGraph(ctx.engine.pool, { teamId: ctx.session.teamId, ...input }), "run"),
    ),
  runTasks: see
    .input(z.object({ runId: z.uuid() }))
    .query(async ({ ctx, input }) =>
      found(await readRunTaskTable(ctx.engine.pool, { teamId: ctx.session.teamId, ...input }), "run"),
    ),
  runHistory: see
    .input(z.object({ runId: z.uuid(), cursor: cursor.nullish(), limit: page }))
    .query(async ({ ctx, input: { runId, cursor: before, limit } }) => {
      const which = { teamId: ctx.session.teamId, runId };
      const rows = await readRunHistory(ctx.engine.pool, { ...which, before: before ?? null, limit });
      // Every run has an event, so only an empty page leaves open whether there is such a run.
      if (rows.length === 0) found(await readRunHead(ctx.engine.pool, which), "run");
      return rows;
    }),
  /** Why these tasks do not run. */
  reasons: see
    .input(z.object({ runId: z.uuid(), taskIds: z.array(z.uuid()).max(200) }))
    .query(async ({ ctx, input }) =>
      found(await readTaskReasons(ctx.engine.pool, { teamId: ctx.session.teamId, ...input }), "run"),
    ),
  task: see
    .input(z.object({ taskId: z.uuid() }))
    .query(async ({ ctx, input }) =>
      found(await readTaskDrawer(ctx.engine.pool, { teamId: ctx.session.teamId, ...input }), "task"),
    ),
  log: see
    .input(
      z.object({
        taskId: z.uuid(),
        attempt: attemptNumber.nullable().default(null),
        after: afterNumber.nullable().default(null),
        before: attemptNumber.nullable().default(null),
        limit: limitUpTo(LIMITS.logs).default(LIMITS.logs),
      }),
    )
    .query(async ({ ctx, input }) =>
      found(await readLogPage(ctx.engine.pool, { teamId: ctx.session.teamId, ...input }), "task"),
    ),
  templates: see.query(({ ctx }) => readTemplatesPage(ctx.engine.pool, { teamId: ctx.session.teamId })),
  template: see
    .input(z.object({ templateId: z.uuid() }))
    .query(async ({ ctx, input }) =>
      found(await readTemplatePage(ctx.engine.pool, { teamId: ctx.session.teamId, ...input }), "template"),
    ),
  runners: see.query(({ ctx }) => readRunnersPage(ctx.engine.pool, { teamId: ctx.session.teamId })),
});

function found<T>(value: T | null, what: string): T {
  if (value === null) throw new AppError("not_found", `There is no such ${what}.`);
  return value;
}
