import { afterAll, expect, it } from "vitest";
import type { Report, SyncRequest } from "../../runner/protocol";
import { AppError } from "../errors";
import { violationsOf } from "../testing/check-run";
import { type Dice, makeDice, pick } from "../testing/dice";
import { ADA, makeRun, makeRunner, makeTeam, sweepNow, type TestRun, testEngine } from "../testing/factories";
import { abortRun } from "./abort-run";
import { cancelTask } from "./cancel-task";
import { dispatchReady } from "./dispatch-ready";
import type { Engine } from "./engine";
import type { RunnerIdentity } from "./register-syncs";
import { setDispatchMode } from "./set-dispatch-mode";
import { syncRunner } from "./sync-runner";

// Two web processes, three runners, everything at once: answers get lost, leases run out, people cancel and abort. After
// every round each run obeys the invariants, and in the end each run has settled.
const engines = [testEngine(), testEngine()];
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

function randomNeeds(dice: Dice, size: number): Record<string, string[]> {
  const keys = Array.from({ length: size }, (_, index) => `t${index}`);
  return Object.fromEntries(
    keys.map((key, index) => [key, keys.slice(0, index).filter(() => dice(index) < 2)] satisfies [string, string[]]),
  );
}

/** A refusal by the rules is part of the storm; anything else is a mistake of the engine. */
async function allowRefusal(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

/** A runner program that holds to the protocol, over a network that does not. */
function makeProgram(identity: RunnerIdentity, dice: Dice) {
  const held = new Map<string, "queued" | "running" | "cancel-requested">();
  const seen = new Set<string>();
  let pending: Report[] = [];
  return async (isCalm: boolean): Promise<void> => {
    for (const [attempt_id, status] of held) {
      if (status === "queued" && dice(2) === 0) {
        held.set(attempt_id, "running");
        pending.push({ attempt_id, status: "running" });
      } else if (dice(3) === 0) {
        held.delete(attempt_id);
        const outcome = status === "cancel-requested" ? "canceled" : isCalm || dice(8) > 0 ? "success" : "failed";
        pending.push({ attempt_id, status: outcome, exit_code: outcome === "success" ? 0 : 1 });
      }
    }
    const request: SyncRequest = {
      runner: { instance_id: "one", slots: 4, labels: [] },
      held: [...held].map(([attempt_id, status]) => ({ attempt_id, status })),
      reports: pending,
      free_slots: 4 - held.size,
      wait_ms: dice(3) === 0 ? 20 : 0,
    };
    const answer = await syncRunner(pick(dice, engines), { runner: identity, request });
    if (!isCalm && dice(4) === 0) return;
    expect(answer.reports).toHaveLength(pending.length);
    pending = [];
    for (const attempt of answer.lost) held.delete(attempt);
    expect(answer.assignments.length).toBeLessThanOrEqual(4 - held.size);
    for (const { attempt_id } of answer.assignments)
      if (!seen.has(attempt_id)) {
        seen.add(attempt_id);
        held.set(attempt_id, "queued");
      }
    for (const { attempt_id } of answer.cancel)
      if (held.has(attempt_id)) held.set(attempt_id, "cancel-requested");
      else if (!pending.some((report) => report.attempt_id === attempt_id))
        pending.push({ attempt_id, status: "canceled" });
  };
}

async function disturb(dice: Dice, engine: Engine, run: TestRun): Promise<void> {
  const which = { teamId: run.teamId, runId: run.runId, actor: ADA };
  switch (dice(12)) {
    case 0:
      return allowRefusal(cancelTask(engine, { ...which, taskId: pick(dice, Object.values(run.tasks)) }));
    case 1:
      return dice(4) === 0 ? allowRefusal(abortRun(engine, which)) : undefined;
    case 2:
      return allowRefusal(setDispatchMode(engine, { ...which, dispatch: pick(dice, ["auto", "manual"] as const) }));
    case 3:
    case 4:
      return allowRefusal(dispatchReady(engine, { ...which, limit: 1 + dice(3) }));
    case 5:
      await engine.pool.query(
        `UPDATE attempt SET lease_expires_at = now() - interval '1 s'
         WHERE id = (SELECT id FROM attempt WHERE run_id = $1 AND ended_at IS NULL ORDER BY id LIMIT 1) AND ended_at IS NULL`,
        [run.runId],
      );
      return sweepNow(engine);
    default:
      return;
  }
}

it.each([1, 2, 3, 4])("a storm of everything at once leaves every run as the rules say (seed %i)", async (seed) => {
  const dice = makeDice(seed);
  const engine = pick(dice, engines);
  const teamId = await makeTeam(engine);
  const runs: TestRun[] = [];
  for (let n = 0; n < 6; n += 1)
    runs.push(
      await makeRun(engine, {
        teamId,
        needs: randomNeeds(dice, 12),
        dispatch: n % 3 === 0 ? "manual" : "auto",
        onFailure: pick(dice, ["continue", "stop", "cancel"] as const),
      }),
    );
  const programs: ((isCalm: boolean) => Promise<void>)[] = [];
  for (let n = 0; n < 3; n += 1)
    programs.push(makeProgram(await makeRunner(engine, teamId, `runner ${n}`), makeDice(seed * 100 + n)));
  for (let round = 0; round < 25; round += 1) {
    await Promise.all([
      ...programs.map((program) => program(false)),
      ...runs.map((run) => disturb(dice, pick(dice, engines), run)),
    ]);
    for (const run of runs) expect(await violationsOf(engine, run.runId)).toEqual([]);
  }
  const areOver = async () => {
    const { rows } = await engine.pool.query("SELECT 1 FROM workflow_run WHERE team_id = $1 AND NOT settled", [teamId]);
    return rows.length === 0;
  };
  for (let round = 0; !(await areOver()); round += 1) {
    expect(round).toBeLessThan(200);
    await Promise.all([
      ...programs.map((program) => program(true)),
      ...runs.map((run) => allowRefusal(dispatchReady(engine, { teamId, runId: run.runId, actor: ADA, limit: 20 }))),
    ]);
  }
  for (const run of runs) expect(await violationsOf(engine, run.runId)).toEqual([]);
});
