import type { ReportAnswer, SyncAnswer, SyncRequest } from "../../runner/protocol";
import type { Actor, RunDraft } from "../core/run-draft";
import type { Tx } from "../db/pool";
import { drawConsequences, wakeFor, writeAdvance } from "./advance-run";
import { applyReports } from "./apply-reports";
import { AttemptChanges } from "./attempt-changes";
import { type Claim, type Claimer, claimTask, readAssignments } from "./claim-tasks";
import type { Engine } from "./engine";
import { isId } from "./ids";
import { loadTasks } from "./load-tasks";
import { lockRuns } from "./lock-runs";
import { isCurrentSync, type RegisteredSync, registerSync } from "./register-sync";
import { type AttemptRow, compareHeld, loadAttempts, type Standing } from "./runner-attempts";
import { RunnerCall } from "./runner-call";
import { inTransaction } from "./transaction";

/** The runner that a token proved. */
export interface RunnerIdentity {
  id: string;
  teamId: string;
  name: string;
}

/** What the part of a sync that is done at once found. */
interface Applied {
  sync: RegisteredSync;
  answers: ReportAnswer[];
  claims: Claim[];
  standing: Standing;
}

/**
 * One exchange with a runner (runner/protocol.ts): applies its reports, renews what it holds, tells it what to cancel
 * and drop, and gives it work; without news it waits up to `wait_ms`. Throws `runner_replaced`.
 */
export async function syncRunner(
  engine: Engine,
  given: { runner: RunnerIdentity; request: SyncRequest; signal?: AbortSignal },
): Promise<SyncAnswer> {
  const { runner, request, signal } = given;
  // Heard from before anything is read, so that no cancel falls between reading and waiting.
  const call = new RunnerCall(engine.bus, runner.id);
  try {
    const hasReports = (request.reports ?? []).length > 0;
    const applied = await (hasReports ? applyAll : registerOnly)(engine, runner, request);
    const { standing, sync } = applied;
    engine.matcher.supersede(runner.id, sync.syncNumber);
    const isFirstHere = sync.previousProcessId !== null;
    if (isFirstHere) engine.bus.wake([`sync:${runner.id}`]);
    // A sync that got work of the runs it reported on comes back at once; only an empty-handed one asks the matcher.
    if (applied.claims.length > 0) return await answerWith(engine, applied, standing, []);
    if (await call.isSuperseded(isFirstHere ? 1 : 0, () => isCurrentSync(engine.pool, runner.id, sync)))
      return await answerWith(engine, applied, { ...standing, resend: [] }, []);
    const isNews = hasReports || standing.hasNewCancel || standing.lost.length > 0 || standing.resend.length > 0;
    const matched = await engine.matcher.match({
      claimer: claimerOf(runner, request, sync, standing),
      teamId: runner.teamId,
      waitMs: isNews ? 0 : (request.wait_ms ?? 0),
      call,
      signals: [engine.stopping, ...(signal ? [signal] : [])],
    });
    const now = matched.wasCalled ? await readStanding(engine, runner, request, applied) : standing;
    return await answerWith(engine, applied, now, matched.claims);
  } finally {
    call.close();
  }
}

async function answerWith(engine: Engine, applied: Applied, standing: Standing, claims: Claim[]): Promise<SyncAnswer> {
  const ids = [
    ...standing.resend,
    ...applied.claims.map((claim) => claim.attemptId),
    ...claims.map((claim) => claim.attemptId),
  ];
  const assignments = await readAssignments(engine.pool, ids);
  return {
    reports: applied.answers,
    assignments: ids.flatMap((id) => assignments.get(id) ?? []),
    cancel: standing.cancel,
    lost: standing.lost,
    lease_seconds: engine.settings.leaseSeconds,
    running_lease_seconds: engine.settings.runningLeaseSeconds,
    server_time: applied.sync.now.toISOString(),
  };
}

async function registerOnly(engine: Engine, runner: RunnerIdentity, request: SyncRequest): Promise<Applied> {
  const { pool, processId, settings } = engine;
  const sync = await registerSync(pool, { runnerId: runner.id, request, processId, settings });
  const rows = await loadAttempts(pool, runner.id, []);
  const standing = compareHeld(rows, { sync, request, ended: new Set(), graceSeconds: settings.graceSeconds });
  return { sync, answers: [], claims: [], standing };
}

async function readStanding(
  engine: Engine,
  runner: RunnerIdentity,
  request: SyncRequest,
  { sync, answers }: Applied,
): Promise<Standing> {
  const rows = await loadAttempts(engine.pool, runner.id, []);
  return compareHeld(rows, {
    sync,
    request,
    ended: endedBy(request, answers),
    graceSeconds: engine.settings.graceSeconds,
  });
}

/** One transaction: the runs' locks, the runner's row, the reports, what follows from them, and claims of it. */
async function applyAll(engine: Engine, runner: RunnerIdentity, request: SyncRequest): Promise<Applied> {
  const reports = request.reports ?? [];
  const ids = [...new Set(reports.map((report) => report.attempt_id))].filter(isId);
  const actor: Actor = { type: "runner", id: runner.id, name: runner.name };
  const { settings, processId } = engine;
  let drafts: RunDraft[] = [];
  const applied = await inTransaction(engine.pool, async (tx) => {
    drafts = await lockRuns(tx, { by: "attempts", runnerId: runner.id, attemptIds: ids });
    const sync = await registerSync(tx, { runnerId: runner.id, request, processId, settings });
    const rows = await loadAttempts(tx, runner.id, ids);
    const attempts = new AttemptChanges();
    const advance = { tx, drafts, attempts };
    const answers = applyReports(reports, rows, drafts, { attempts, actor, settings });
    await drawConsequences(advance);
    const standing = compareHeld(rowsNow(rows, drafts, attempts), {
      sync,
      request,
      ended: endedBy(request, answers),
      graceSeconds: settings.graceSeconds,
    });
    const claimer = claimerOf(runner, request, sync, standing);
    const claims = await claimOwn(tx, drafts, attempts, claimer, settings.leaseSeconds);
    await writeAdvance(advance);
    return { sync, answers, claims, standing };
  });
  wakeFor(engine, drafts);
  return applied;
}

/** Gives the runner dispatched work of the runs that this transaction holds anyway, oldest first. */
async function claimOwn(
  tx: Tx,
  drafts: RunDraft[],
  attempts: AttemptChanges,
  claimer: Claimer,
  leaseSeconds: number,
): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const draft of drafts) {
    if (claimer.room <= 0) break;
    if (draft.run.counts.dispatched === 0 || draft.run.aborted || draft.run.paused) continue;
    // Dispatched in this transaction are in the draft already; older ones are asked for only if there are any.
    const fresh = draft.dispatchedTasks();
    const hasOlder = draft.run.counts.dispatched > fresh.length;
    const older = hasOlder ? await loadTasks(tx, draft, "dispatched", claimer.labels, claimer.room) : [];
    for (const task of new Set([...older, ...fresh])) {
      if (claimer.room <= 0) break;
      if (task.status !== "dispatched" || !task.runsOn.every((label) => claimer.labels.includes(label))) continue;
      claims.push(claimTask(draft, attempts, task, claimer, leaseSeconds));
    }
  }
  return claims;
}

/** The rows as they will be once the transaction's changes are written. */
function rowsNow(rows: AttemptRow[], drafts: RunDraft[], attempts: AttemptChanges): AttemptRow[] {
  const ended = new Map(attempts.ended.map((end) => [end.id, end.endedAt]));
  const changed = new Map(drafts.flatMap((draft) => draft.changedTasks()).map(({ facts }) => [facts.id, facts]));
  return rows.map((row) => {
    const task = changed.get(row.id);
    return {
      ...row,
      ended_at: ended.get(row.the_attempt_id) ?? row.ended_at,
      status: task?.status ?? row.status,
      task_reason: task ? task.reason : row.task_reason,
    };
  });
}

/** Never more than the runner has free, nor than its slots beside what the server knows it has. */
function claimerOf(runner: RunnerIdentity, request: SyncRequest, sync: RegisteredSync, standing: Standing): Claimer {
  // What is sent again takes of the free slots too: the runner does not know of it yet.
  const free = (request.free_slots ?? 0) - standing.resend.length;
  const hasSaid = sync.slots > 0 || request.runner?.slots !== undefined;
  const room = hasSaid ? Math.min(free, sync.slots - standing.live) : free;
  return {
    runnerId: runner.id,
    runnerName: runner.name,
    instanceId: sync.instanceId,
    syncNumber: sync.syncNumber,
    labels: sync.labels,
    room: request.runner?.state === "draining" ? 0 : Math.max(0, room),
  };
}

/** The attempts that the request's own reports ended, now or the first time it was sent. */
function endedBy(request: SyncRequest, answers: ReportAnswer[]): Set<string> {
  const ends = (request.reports ?? []).filter(
    (report, index) => report.status !== "running" && answers[index]?.accepted === true,
  );
  return new Set(ends.map((report) => report.attempt_id));
}
