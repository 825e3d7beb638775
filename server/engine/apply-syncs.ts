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
import { type LoadedSyncs, loadSyncs } from "./load-syncs";
import { type RegisteredSync, type RunnerIdentity, type SyncCall, syncRefusal } from "./register-syncs";
import { compareHeld, type RunnerAttempt, type Standing } from "./runner-attempts";
import { inTransaction, type SendAhead } from "./transaction";

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
    const loaded = await loadSyncs(tx, { calls, processId: engine.processId, settings: engine.settings });
    drafts = loaded.drafts;
    return decide(tx, sendAhead, { engine, calls, loaded });
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

async function decide(
  tx: Tx,
  sendAhead: SendAhead,
  { engine, calls, loaded }: { engine: Engine; calls: SyncCall[]; loaded: LoadedSyncs },
): Promise<Decided> {
  const { settings } = engine;
  const { drafts, syncs, dependents } = loaded;
  const [reportedBy, othersOf] = [groupByRunner(loaded.reported), groupByRunner(loaded.others)];
  const attempts = new AttemptChanges();
  const present = calls.flatMap((call) => {
    const sync = syncs.get(call.runner.id);
    return sync ? [{ ...call, sync, rows: reportedBy.get(call.runner.id) ?? [] }] : [];
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
    const rows = [...one.rows, ...(othersOf.get(one.runner.id) ?? [])].map(now);
    const found = compareHeld(rows, { sync, request, ended, graceSeconds: settings.graceSeconds });
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

function groupByRunner<T extends RunnerAttempt>(rows: T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const own = found.get(row.the_runner_id);
    if (own) own.push(row);
    else found.set(row.the_runner_id, [row]);
  }
  return found;
}

/** Gives an attempt's row as it will be once the transaction's changes are written. */
function changesOf(drafts: RunDraft[], attempts: AttemptChanges): (row: RunnerAttempt) => RunnerAttempt {
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
