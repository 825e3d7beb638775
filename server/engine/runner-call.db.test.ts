import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, it } from "vitest";
import { makeRun, makeRunner, makeTeam, testEngine } from "../testing/factories";
import { FakeRunner } from "../testing/fake-runner";
import { applySyncs } from "./apply-syncs";
import { isCurrentSync, type RunnerIdentity } from "./register-syncs";
import { RunnerCall } from "./runner-call";

const here = testEngine();
const there = testEngine();
afterAll(async () => {
  await here.stop();
  await there.stop();
});
let runner: RunnerIdentity;
let runnerId: string;
beforeEach(async () => {
  runner = await makeRunner(here, await makeTeam(here));
  runnerId = runner.id;
});

const register = async (engine: typeof here) => {
  const [applied] = await applySyncs(engine, [{ runner, request: {} }]);
  if (!applied || "refused" in applied) throw new Error("the sync was refused");
  return applied.sync;
};

it("a sync of another process that came later, before this one waits, supersedes it", async () => {
  const call = new RunnerCall(here.bus, runnerId);
  const sync = await register(here);
  expect(await call.isSuperseded(0, () => isCurrentSync(here.pool, runnerId, sync))).toBe(false);
  expect((await register(there)).previousProcessId).toBe(here.processId);
  there.bus.wake([`sync:${runnerId}`]);
  await expect.poll(() => call.isSuperseded(0, () => isCurrentSync(here.pool, runnerId, sync))).toBe(true);
  call.close();
});

it("its own word and that of an earlier sync do not", async () => {
  const call = new RunnerCall(here.bus, runnerId);
  here.bus.wake([`sync:${runnerId}`]);
  const sync = await register(here);
  here.bus.wake([`sync:${runnerId}`]);
  expect(await call.isSuperseded(1, () => isCurrentSync(here.pool, runnerId, sync))).toBe(false);
  let calls = 0;
  call.listen(() => {
    calls += 1;
  });
  expect(calls).toBe(0);
  here.bus.wake([`sync:${runnerId}`, `sync:${randomUUID()}`]);
  expect(calls).toBe(1);
  call.close();
});

it("a call that comes before the first look takes no work away", async () => {
  const run = await makeRun(here, { teamId: runner.teamId, needs: { a: [] }, dispatch: "auto" });
  const program = new FakeRunner(here, runner);
  // As the word of a cancel in another process does that was on its way for long.
  const words = setInterval(() => here.bus.wake([`runner:${runnerId}`]), 0);
  const given = await program.take(1, 5_000);
  clearInterval(words);
  expect(given.map((assignment) => assignment.run_id)).toEqual([run.runId]);
});

it("a cancel before it listens is not missed", () => {
  const call = new RunnerCall(here.bus, runnerId);
  here.bus.wake([`runner:${runnerId}`]);
  let calls = 0;
  call.listen(() => {
    calls += 1;
  });
  expect(calls).toBe(1);
  expect(call.wasCalled).toBe(true);
  call.close();
});
