import { tracked } from "@trpc/server";
import { z } from "zod";
import { roleMay } from "../../auth/policy";
import { abortRun } from "../../engine/abort-run";
import { dispatchReady } from "../../engine/dispatch-ready";
import { setDispatchMode } from "../../engine/set-dispatch-mode";
import { readRunByNumber, readRunHead } from "../../read/run";
import { readRunEvents } from "../../read/run-events";
import { readRunList } from "../../read/run-list";
import { readRunPlan } from "../../read/run-plan";
import { readRunTasks } from "../../read/run-tasks";
import { callerOfSession } from "../caller";
import { liveSignal } from "../live-signal";
import { dispatchAnswer } from "../operations/dispatch-answer";
import { existingId, found } from "../operations/found";
import { startRun } from "../operations/start-run";
import { presentEvent } from "../present/event";
import { presentRunHead } from "../present/run";
import { presentTask } from "../present/task";
import {
  afterNumber,
  attemptNumber,
  createRunBody,
  dispatchMode,
  dispatchReadyBody,
  LIMITS,
  limitUpTo,
  plainText,
  runStatus,
} from "../schemas";
import { streamRunEvents } from "../stream";
import { streamTeamChanges } from "../team-stream";
import { procedureWith, router } from "./init";

const runId = z.object({ runId: z.string().max(100) });
const read = procedureWith("team.read");

export const runsRouter = router({
  list: read
    .input(
      z.object({
        status: runStatus.optional(),
        templateId: z.uuid().optional(),
        limit: limitUpTo(LIMITS.runs).default(50),
        before: attemptNumber.optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const page = await readRunList(ctx.engine.pool, { ...input, teamId: ctx.session.teamId });
      return { items: page.rows.map(presentRunHead), nextBefore: page.nextBefore };
    }),

  get: read.input(z.object({ number: attemptNumber })).query(async ({ ctx, input }) => {
    const row = await readRunByNumber(ctx.engine.pool, { teamId: ctx.session.teamId, number: input.number });
    return presentRunHead(found(row, "run"));
  }),

  create: procedureWith("run.create")
    .input(createRunBody)
    .mutation(async ({ ctx, input }) => {
      const caller = callerOfSession(ctx.engine, ctx.session);
      const which = { teamId: caller.teamId, ...(await startRun(caller, input)) };
      return presentRunHead(found(await readRunHead(ctx.engine.pool, which), "run"));
    }),

  dispatchReady: procedureWith("run.dispatch")
    .input(z.intersection(runId, z.object({ request: dispatchReadyBody.default({}) })))
    .mutation(async ({ ctx, input }) => {
      const which = { teamId: ctx.session.teamId, runId: existingId(input.runId, "run") };
      const { limit, keys } = input.request;
      const result = await dispatchReady(ctx.engine, {
        ...which,
        actor: callerOfSession(ctx.engine, ctx.session).actor,
        ...(limit === undefined ? {} : { limit }),
        ...(keys === undefined ? {} : { keys }),
      });
      return dispatchAnswer(ctx.engine.pool, which, result);
    }),

  setDispatchMode: procedureWith("run.dispatch")
    .input(runId.extend({ dispatch: dispatchMode }))
    .mutation(async ({ ctx, input }) => {
      const which = { teamId: ctx.session.teamId, runId: existingId(input.runId, "run") };
      const { actor } = callerOfSession(ctx.engine, ctx.session);
      await setDispatchMode(ctx.engine, { ...which, actor, dispatch: input.dispatch });
      return presentRunHead(found(await readRunHead(ctx.engine.pool, which), "run"));
    }),

  abort: procedureWith("run.abort")
    .input(runId.extend({ reason: plainText(1_000).optional() }))
    .mutation(async ({ ctx, input }) => {
      const which = { teamId: ctx.session.teamId, runId: existingId(input.runId, "run") };
      const { actor } = callerOfSession(ctx.engine, ctx.session);
      await abortRun(ctx.engine, { ...which, actor, ...(input.reason ? { reason: input.reason } : {}) });
      return presentRunHead(found(await readRunHead(ctx.engine.pool, which), "run"));
    }),

  plan: read.input(runId).query(async ({ ctx, input }) => {
    const which = { teamId: ctx.session.teamId, runId: existingId(input.runId, "run") };
    return found(await readRunPlan(ctx.engine.pool, which), "run");
  }),

  tasks: read.input(runId).query(async ({ ctx, input }) => {
    const which = { teamId: ctx.session.teamId, runId: existingId(input.runId, "run") };
    found(await readRunHead(ctx.engine.pool, which), "run");
    const page = await readRunTasks(ctx.engine.pool, { ...which, limit: LIMITS.tasks });
    return { items: page.rows.map(presentTask) };
  }),

  events: read
    .input(runId.extend({ after: afterNumber.default(0), limit: limitUpTo(LIMITS.events).default(LIMITS.events) }))
    .query(async ({ ctx, input }) => {
      const which = { teamId: ctx.session.teamId, runId: existingId(input.runId, "run") };
      found(await readRunHead(ctx.engine.pool, which), "run");
      const rows = await readRunEvents(ctx.engine.pool, { ...which, after: input.after, limit: input.limit });
      return { items: rows.map(presentEvent), nextAfter: rows.at(-1)?.number ?? input.after };
    }),

  /** Batches of a run's events as they happen; resumes after the last one that arrived. */
  changes: read
    .input(runId.extend({ after: afterNumber.default(0), lastEventId: z.string().max(20).nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const { engine, session, renewSession } = ctx;
      const which = { teamId: session.teamId, runId: existingId(input.runId, "run") };
      found(await readRunHead(engine.pool, which), "run");
      const resumed = afterNumber.safeParse(Number(input.lastEventId ?? Number.NaN));
      const live = liveSignal(engine, {
        viewer: signal,
        mayStillLook: () => stillMember(renewSession, session.teamId),
      });
      try {
        const after = resumed.success ? resumed.data : input.after;
        for await (const batch of streamRunEvents(engine, { ...which, after, signal: live.signal }))
          yield tracked(String(batch.at(-1)?.number ?? after), batch);
      } finally {
        live.close();
      }
    }),

  /** Says, at most twice a second, that something of the team has changed: a run, or its runners. */
  listChanges: read
    .input(z.object({ lastEventId: z.string().max(40).nullish() }).optional())
    .subscription(async function* ({ ctx, signal }) {
      const { engine, session, renewSession } = ctx;
      const live = liveSignal(engine, {
        viewer: signal,
        mayStillLook: () => stillMember(renewSession, session.teamId),
      });
      try {
        for await (const at of streamTeamChanges(engine, { teamId: session.teamId, signal: live.signal }))
          yield tracked(at.toISOString(), { at });
      } finally {
        live.close();
      }
    }),
});

async function stillMember(
  renewSession: () => Promise<{ teamId: string; role: Parameters<typeof roleMay>[0] } | null>,
  teamId: string,
): Promise<boolean> {
  const session = await renewSession();
  return session !== null && session.teamId === teamId && roleMay(session.role, "team.read");
}
