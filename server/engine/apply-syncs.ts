import type { Assignment, ReportAnswer, SyncRequest } from "../../runner/protocol";
import type { RunDraft } from "../core/run-draft";
import type { Tx } from "../db/pool";
import type { AppError } from "../errors";
import { drawConsequences, wakeFor, writeAdvance } from "./advance-run";
import { applyReports } from "./apply-reports";
import { AttemptChanges } from "./attempt-changes";
import { claimOwn } from "./claim-own";
import { type Claim, type Claimer, readAssignments } from "./claim-tasks";
import type { Engine } from "./engine";
import { isId } from "./ids";
import { lockRuns } from "./lock-runs";
import { type RegisteredSync, type RunnerIdentity, registerSyncs, type SyncCall, syncRefusal } from "./register-syncs";
import { type AttemptRow, compareHeld, loadAttempts, type Standing } from "./runner-attempts";
import { inTransaction, type SendAhead } from "./transaction";
import { loadDependents } from "./unlock-dependents";

/** What the part of a sync that is done at once found. */
export interface AppliedSync {
  sync: RegisteredSync;
  answers: ReportAnswer[];
  standing: Standing;
  claims: Claim[];
  /** Of the claims, and of what the standing sends again. */
  assignments: Map<string, Assignment>;
}

/** A sync that changed nothing because its runner may not speak any more. */
export interface RefusedSync {
  refused: AppError;
}

/**
 * Does the immediate part of several runners' syncs in one transaction: the locks of the runs they report on, the
 * runners' rows, the reports in order, what follows from them, and claims of the same runs. One sync a runner.
 */
export async function applySyncs(engine: Engine, calls: SyncCall[]): Promise<(AppliedSync | RefusedSync)[]> {
  let drafts: RunDraft[] = [];
  const applied = await inTransaction(engine.pool, async (tx, sendAhead) => {
    const batch = await load(tx, engine, calls);
    drafts = batch.drafts;
    return decide(tx, sendAhead, { engine, calls, batch });
  });
  wakeFor(engine, drafts);
  const assignments = await applied.assignments;
  return Promise.all(
    calls.map(async ({ runner }) => {
      const own = applied.byRunner.get(runner.id);
      return own ? { ...own, assignments } : { refused: await syncRefusal(engine.pool, runner.id) };
    }),
  );
}

interface Decided {
  byRunner: Map<string, Omit<AppliedSync, "assignments">>;
  /** Read behind the write; there once the transaction has been committed. */
  assignments: Promise<Map<string, Assignment>>;
}

type Batch = Awaited<ReturnType<typeof load>>;

/** Everything that the decisions need, in one round trip; what is sent first is done first. */
async function load(tx: Tx, engine: Engine, calls: SyncCall[]) {
  const named = calls.flatMap(({ runner, request }) =>
    reportedIds(request).map((attemptId) => ({ runnerId: runner.id, attemptId })),
  );
  const succeeded = calls.flatMap(({ request }) =>
    (request.reports ?? []).filter(({ status }) => status === "success").map(({ attempt_id }) => attempt_id),
  );
  const [drafts, syncs, rows, dependents] = await Promise.all([
    named.length === 0 ? [] : lockRuns(tx, { by: "attempts", attempts: named }),
    registerSyncs(tx, { calls, processId: engine.processId, settings: engine.settings }),
    loadAttempts(
      tx,
      calls.map(({ runner }) => runner.id),
      named.map(({ attemptId }) => attemptId),
    ),
    loadDependents(tx, succeeded.filter(isId)),
  ]);
  return { drafts, syncs, rows, dependents };
}

async function decide(
  tx: Tx,
  sendAhead: SendAhead,
  { engine, calls, batch }: { engine: Engine; calls: SyncCall[]; batch: Batch },
): Promise<Decided> {
  const { settings } = engine;
  const { drafts, syncs, rows, dependents } = batch;
  const attempts = new AttemptChanges();
  const present = calls.flatMap((call) => {
    const sync = syncs.get(call.runner.id);
    return sync ? [{ ...call, sync, rows: rows.get(call.runner.id) ?? [] }] : [];
  });
  const reported = present.map((one) => ({
    ...one,
    answers: applyReports(one.request.reports ?? [], one.rows, drafts, {
      attempts,
      actor: { type: "runner", id: one.runner.id, name: one.runner.name },
      settings,
    }),
  }));
  await drawConsequences({ tx, drafts, attempts }, dependents);
  const now = changesOf(drafts, attempts);
  const standing = reported.map((one) => {
    const { sync, request, answers } = one;
    const ended = endedBy(request, answers);
    const found = compareHeld(one.rows.map(now), { sync, request, ended, graceSeconds: settings.graceSeconds });
    return { ...one, standing: found, claimer: claimerOf(one.runner, request, sync, found) };
  });
  const claims = await claimOwn(tx, drafts, attempts, {
    claimers: standing.map(({ claimer }) => claimer),
    leaseSeconds: settings.leaseSeconds,
  });
  sendAhead(writeAdvance({ tx, drafts, attempts }));
  const given = [...claims.values()].flat().map((claim) => claim.attemptId);
  const assignments = readAssignments(tx, [...given, ...standing.flatMap((one) => one.standing.resend)]);
  sendAhead(assignments);
  const byRunner = new Map(
    standing.map(({ runner, sync, answers, standing: found }) => [
      runner.id,
      { sync, answers, standing: found, claims: claims.get(runner.id) ?? [] },
    ]),
  );
  return { byRunner, assignments };
}

function reportedIds(request: SyncRequest): string[] {
  return [...new Set((request.reports ?? []).map((report) => report.attempt_id))].filter(isId);
}

/** Gives an attempt's row as it will be once the transaction's changes are written. */
function changesOf(drafts: RunDraft[], attempts: AttemptChanges): (row: AttemptRow) => AttemptRow {
  const ended = new Map(attempts.ended.map((end) => [end.id, end.endedAt]));
  const changed = new Map(drafts.flatMap((draft) => draft.changedTasks()).map(({ facts }) => [facts.id, facts]));
  return (row) => {
    const task = changed.get(row.id);
    return {
      ...row,
      ended_at: ended.get(row.the_attempt_id) ?? row.ended_at,
      status: task?.status ?? row.status,
      task_reason: task ? task.reason : row.task_reason,
    };
  };
}

/** Never more than the runner has free, nor than its slots beside what the server knows it has. */
export function claimerOf(
  runner: RunnerIdentity,
  request: SyncRequest,
  sync: RegisteredSync,
  standing: Standing,
): Claimer {
  // What is sent again takes of the free slots too: the runner does not know of it yet.
  const free = (request.free_slots ?? 0) - standing.resend.length;
  const hasSaid = sync.slots > 0 || request.runner?.slots !== undefined;
  const room = hasSaid ? Math.min(free, sync.slots - standing.live) : free;
  return {
    runnerId: runner.id,
    runnerName: runner.name,
    teamId: runner.teamId,
    instanceId: sync.instanceId,
    syncNumber: sync.syncNumber,
    labels: sync.labels,
    room: request.runner?.state === "draining" ? 0 : Math.max(0, room),
  };
}

/** The attempts that the request's own reports ended, now or the first time it was sent. */
export function endedBy(request: SyncRequest, answers: ReportAnswer[]): Set<string> {
  const ends = (request.reports ?? []).filter(
    (report, index) => report.status !== "running" && answers[index]?.accepted === true,
  );
  return new Set(ends.map((report) => report.attempt_id));
}
