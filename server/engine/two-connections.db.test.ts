import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violationsOf } from "../testing/check-run";
import { ADA, makeRun, makeRunner, makeTeam, taskStatuses, testEngine } from "../testing/factories";
import { FakeRunner, first } from "../testing/fake-runner";
import { abortRun } from "./abort-run";
import { dispatchReady } from "./dispatch-ready";
import type { Engine } from "./engine";

const ROUNDS = 200;

// Two engines on one database are two web processes: pools, matchers and LISTEN connections of their own.
let one: Engine;
let two: Engine;
let teamId: string;

beforeAll(async () => {
  one = testEngine();
  two = testEngine();
  teamId = await makeTeam(one);
});
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
});

async function runnerOf(engine: Engine, name: string): Promise<FakeRunner> {
  return new FakeRunner(engine, await makeRunner(engine, teamId, name));
}

async function runStatus(runId: string): Promise<string> {
  return first(
    (await one.pool.query<{ status: string }>("SELECT status FROM workflow_run WHERE id = $1", [runId])).rows,
  ).status;
}

// A busy machine takes a quarter of a second a round.
describe(`two at the same instant, ${ROUNDS} rounds each`, { timeout: 180_000 }, () => {
  it("two completions of what one task needs: it is dispatched, once", async () => {
    const [left, right] = [await runnerOf(one, "left"), await runnerOf(two, "right")];
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await makeRun(one, { teamId, needs: { a: [], b: [], c: ["a", "b"] }, dispatch: "auto" });
      const a = first(await left.take(1));
      const b = first(await right.take(1));
      const accepted = await Promise.all([left.report(a.attempt_id, "success"), right.report(b.attempt_id, "success")]);
      expect(accepted).toEqual([true, true]);
      expect((await taskStatuses(one, run.runId)).c).toBe("dispatched");
      expect(await violationsOf(one, run.runId)).toEqual([]);
      await left.report(first(await left.take(1)).attempt_id, "success");
      expect(await runStatus(run.runId)).toBe("success");
    }
  });

  it("abort against report: the run is aborted or the report came first, never both undone", async () => {
    const runner = await runnerOf(two, "reporter");
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await makeRun(one, { teamId, needs: { a: [], b: ["a"] }, dispatch: "auto" });
      const { attempt_id } = first(await runner.take(1));
      const [accepted] = await Promise.all([
        runner.report(attempt_id, "success"),
        abortRun(one, { teamId, runId: run.runId, actor: ADA }),
      ]);
      expect(accepted).toBe(true);
      const statuses = await taskStatuses(one, run.runId);
      expect(statuses).toEqual({ a: "success", b: "canceled" });
      expect(await runStatus(run.runId)).toBe("aborted");
      expect(await violationsOf(one, run.runId)).toEqual([]);
      const { rows } = await one.pool.query<{ type: string }>(
        "SELECT type FROM event WHERE run_id = $1 AND type IN ('task.succeeded', 'workflow_run.aborted') ORDER BY number",
        [run.runId],
      );
      seen.add(first(rows).type);
    }
    // Both orders were met, or the test shows nothing.
    expect(seen.size).toBe(2);
  });

  it("claim against abort: an aborted run is never assigned anew", async () => {
    const runner = await runnerOf(two, "claimer");
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await makeRun(one, { teamId, needs: { a: [] }, dispatch: "auto" });
      const [assignments] = await Promise.all([
        runner.take(1),
        abortRun(one, { teamId, runId: run.runId, actor: ADA }),
      ]);
      const { a } = await taskStatuses(one, run.runId);
      expect(a).toBe(assignments.length === 1 ? "cancel-requested" : "canceled");
      expect(await violationsOf(one, run.runId)).toEqual([]);
      for (const { attempt_id } of assignments) expect(await runner.report(attempt_id, "canceled")).toBe(true);
    }
  });

  it("two dispatch clicks: each ready task is dispatched by one of them", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await makeRun(one, { teamId, needs: { a: [], b: ["a"] } });
      const click = (engine: Engine) => dispatchReady(engine, { teamId, runId: run.runId, actor: ADA });
      const outcomes = await Promise.all([click(one), click(two)]);
      expect(outcomes.flatMap((outcome) => outcome.taskIds)).toEqual([run.tasks.a]);
      expect(await violationsOf(one, run.runId)).toEqual([]);
    }
  });
});

it("twenty parallel clicks give every one of twenty tasks once", async () => {
  const needs = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`t${n}`, []]));
  const run = await makeRun(one, { teamId, needs });
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) => dispatchReady(n % 2 ? one : two, { teamId, runId: run.runId, actor: ADA })),
  );
  const ids = outcomes.flatMap((outcome) => outcome.taskIds);
  expect(ids).toHaveLength(20);
  expect(new Set(ids).size).toBe(20);
});

it("a sync that waits is answered at once when the same runner syncs again, with or without room", async () => {
  // In a team of its own: there is no work, so the first of the two can only wait.
  const runner = new FakeRunner(one, await makeRunner(one, await makeTeam(one)));
  const syncNumber = async () =>
    first((await one.pool.query("SELECT sync_number FROM runner WHERE id = $1", [runner.identity.id])).rows)
      .sync_number;
  for (const [round, freeSlots] of [0, 1].entries()) {
    const waiting = runner.sync({ free_slots: 1, wait_ms: 30_000 });
    await expect.poll(syncNumber).toBe(String(2 * round + 1));
    await runner.sync({ free_slots: freeSlots, wait_ms: 0 });
    expect((await waiting).assignments).toEqual([]);
  }
});

it("a task that one process dispatches reaches a runner that waits at the other", async () => {
  const runner = await runnerOf(two, "waiting");
  const waiting = runner.sync({ free_slots: 1, wait_ms: 20_000 });
  await makeRun(one, { teamId, needs: { a: [] }, dispatch: "auto" });
  const { assignments } = await waiting;
  expect(assignments.map((assignment) => assignment.key)).toEqual(["a"]);
});
