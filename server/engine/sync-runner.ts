import type { Assignment, SyncAnswer, SyncRequest } from "../../runner/protocol";
import { type AppliedSync, claimerOf, endedBy } from "./apply-syncs";
import type { Engine } from "./engine";
import { isCurrentSync, type RunnerIdentity, type SyncCall } from "./register-syncs";
import { compareHeld, loadLive, type Standing } from "./runner-attempts";
import { RunnerCall } from "./runner-call";

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
    const applied = await engine.syncs.apply({ runner, request });
    const { standing, sync } = applied;
    engine.matcher.supersede(runner.id, sync.syncNumber);
    const isFirstHere = sync.previousProcessId !== null;
    if (isFirstHere) engine.bus.wake([`sync:${runner.id}`]);
    const claimed = applied.claims.map((claim) => claim.attemptId);
    // A sync that got work of the runs it reported on comes back at once; only an empty-handed one asks the matcher.
    if (claimed.length > 0) return answerWith(engine, applied, standing, found(applied, claimed));
    if (await call.isSuperseded(isFirstHere ? 1 : 0, () => isCurrentSync(engine.pool, runner.id, sync)))
      return answerWith(engine, applied, { ...standing, resend: [] }, []);
    const hasReports = (request.reports ?? []).length > 0;
    const isNews = hasReports || standing.hasNewCancel || standing.lost.length > 0 || standing.resend.length > 0;
    const matched = await engine.matcher.match({
      claimer: claimerOf(runner, request, sync, standing),
      waitMs: isNews ? 0 : (request.wait_ms ?? 0),
      call,
      signals: [engine.stopping, ...(signal ? [signal] : [])],
    });
    const now = matched.wasCalled ? await readStanding(engine, { runner, request }, applied) : standing;
    return answerWith(engine, applied, now, matched.assignments);
  } finally {
    call.close();
  }
}

function answerWith(engine: Engine, applied: AppliedSync, standing: Standing, claimed: Assignment[]): SyncAnswer {
  return {
    reports: applied.answers,
    assignments: [...found(applied, standing.resend), ...claimed],
    cancel: standing.cancel,
    lost: standing.lost,
    lease_seconds: engine.settings.leaseSeconds,
    running_lease_seconds: engine.settings.runningLeaseSeconds,
    server_time: applied.sync.now.toISOString(),
  };
}

/** The assignments that the batch has read; one that ended meanwhile is not there. */
function found({ assignments }: AppliedSync, attemptIds: string[]): Assignment[] {
  return attemptIds.flatMap((id) => assignments.get(id) ?? []);
}

/** Looks again at what the runner has, after it was called while it waited. */
async function readStanding(
  engine: Engine,
  { runner, request }: SyncCall,
  { sync, answers, standing }: AppliedSync,
): Promise<Standing> {
  const rows = await loadLive(engine.pool, runner.id);
  const ended = endedBy(request, answers);
  const now = compareHeld(rows, { sync, request, ended, graceSeconds: engine.settings.graceSeconds });
  // What is to be sent again was decided when the sync arrived; what was assigned since is none of that.
  return { ...now, resend: standing.resend.filter((id) => now.resend.includes(id)) };
}
