import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunDraft } from "../core/run-draft";
import { violationsOf } from "../testing/check-run";
import { ADA, makeRun, makeRunner, makeTeam, sweepNow, taskStatuses, testEngine } from "../testing/factories";
import { FakeRunner, first } from "../testing/fake-runner";
import { abortRun } from "./abort-run";
import { writeAdvance } from "./advance-run";
import { AttemptChanges } from "./attempt-changes";
import { claimTask } from "./claim-tasks";
import { dispatchReady } from "./dispatch-ready";
import type { Engine } from "./engine";
import { loadTasks } from "./load-tasks";
import { lockRuns } from "./lock-runs";
import { recordAlive } from "./record-alive";
import { sweepExpired } from "./sweep-expired";
import { inTransaction } from "./transaction";

let engine: Engine;
let teamId: string;
let runner: FakeRunner;

beforeAll(async () => {
  engine = testEngine();
  teamId = await makeTeam(engine);
  runner = new FakeRunner(engine, await makeRunner(engine, teamId));
});
afterAll(() => engine.stop());

/** Lets the lease of an attempt run out without waiting for it. */
async function expire(
  attemptId: string,
  column: "lease_expires_at" | "deadline_at" = "lease_expires_at",
): Promise<void> {
  await engine.pool.query(`UPDATE attempt SET ${column} = clock_timestamp() - interval '1 s' WHERE id = $1`, [
    attemptId,
  ]);
}

async function taskRow(taskId: string | undefined) {
  const { rows } = await engine.pool.query("SELECT status, reason, attempt, leases_lost FROM task WHERE id = $1", [
    taskId,
  ]);
  return first(rows);
}

describe("a lease that ran out", () => {
  it("before the start dispatches again, twice at most, then the task is submit-failed", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [] }, dispatch: "auto" });
    for (let lost = 1; lost <= 3; lost += 1) {
      const { attempt_id } = first(await runner.take());
      await expire(attempt_id);
      await sweepNow(engine);
      expect((await taskRow(run.tasks.a)).status).toBe(lost < 3 ? "dispatched" : "submit-failed");
      expect(await runner.report(attempt_id, "success")).toBe(false);
      const answer = await runner.sync({ held: [{ attempt_id, status: "queued" }] });
      expect(answer.lost).toEqual([attempt_id]);
    }
    expect(await taskRow(run.tasks.a)).toMatchObject({ reason: "runner-lost", attempt: 3, leases_lost: 2 });
    // A person's dispatch starts the count anew.
    await dispatchReady(engine, { teamId, runId: run.runId, actor: ADA });
    await expire(first(await runner.take()).attempt_id);
    await sweepNow(engine);
    expect(await taskRow(run.tasks.a)).toMatchObject({ status: "dispatched", leases_lost: 1 });
    await runner.report(first(await runner.take()).attempt_id, "success");
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });

  it("of a running task makes it failed, of a cancel-requested one canceled, both runner-lost", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [], b: [] }, dispatch: "auto" });
    const [a, b] = await runner.take(2);
    await runner.report(a?.attempt_id ?? "", "running");
    await expire(a?.attempt_id ?? "");
    await sweepNow(engine);
    expect(await taskRow(run.tasks.a)).toMatchObject({ status: "failed", reason: "runner-lost" });
    await abortRun(engine, { teamId, runId: run.runId, actor: ADA });
    await expire(b?.attempt_id ?? "");
    await sweepNow(engine);
    expect(await taskRow(run.tasks.b)).toMatchObject({ status: "canceled", reason: "runner-lost" });
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });

  it("is not judged when a sync that lists it came first, nor while it has time", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [] }, dispatch: "auto" });
    const { attempt_id } = first(await runner.take());
    await sweepNow(engine);
    await expire(attempt_id);
    await runner.sync({ held: [{ attempt_id, status: "queued" }] });
    await sweepNow(engine);
    expect((await taskStatuses(engine, run.runId)).a).toBe("queued");
    await runner.report(attempt_id, "success");
  });

  it("is given in full to every live attempt after a time in which no server was alive", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [] }, dispatch: "auto" });
    const { attempt_id } = first(await runner.take());
    await recordAlive(engine);
    await expire(attempt_id);
    await engine.pool.query("UPDATE server_heartbeat SET alive_at = clock_timestamp() - interval '1 min'");
    await recordAlive(engine);
    await sweepExpired(engine);
    expect((await taskStatuses(engine, run.runId)).a).toBe("queued");
    await runner.report(attempt_id, "success");
  });

  it("is judged by no process that has stood still since anybody was alive", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [] }, dispatch: "auto" });
    const { attempt_id } = first(await runner.take());
    await recordAlive(engine);
    await expire(attempt_id);
    // Stopped here, between the sign of life and the sweep, and only now going on.
    await engine.pool.query("UPDATE server_heartbeat SET alive_at = clock_timestamp() - interval '1 min'");
    await sweepExpired(engine);
    expect((await taskStatuses(engine, run.runId)).a).toBe("queued");
    await sweepNow(engine);
    expect((await taskStatuses(engine, run.runId)).a).toBe("dispatched");
    await abortRun(engine, { teamId, runId: run.runId, actor: ADA });
  });

  it("counts from the write, however long ago its transaction began", async () => {
    const elsewhere = await makeTeam(engine);
    const { id: runnerId } = await makeRunner(engine, elsewhere);
    const run = await makeRun(engine, { teamId: elsewhere, needs: { a: [] }, dispatch: "auto" });
    await inTransaction(engine.pool, async (tx) => {
      const [draft] = await lockRuns(tx, { by: "id", runId: run.runId });
      if (!draft) throw new Error("the run is there");
      const old = new RunDraft(draft.run, new Date(draft.now.getTime() - 3_600_000));
      const [task] = await loadTasks(tx, old, "dispatched", [], 1);
      const attempts = new AttemptChanges();
      const claimer = { runnerId, runnerName: "runner", teamId: elsewhere, labels: [], room: 1 };
      if (!task) throw new Error("the task is there");
      claimTask(old, attempts, task, { ...claimer, instanceId: "one", syncNumber: "1" }, 60);
      await writeAdvance({ tx, drafts: [old], attempts });
    });
    const { rows } = await engine.pool.query(
      "SELECT lease_expires_at > clock_timestamp() + interval '30 s' AS is_full FROM attempt WHERE run_id = $1",
      [run.runId],
    );
    expect(rows).toEqual([{ is_full: true }]);
  });
});

it("a time limit that its runner does not keep is kept by the server", async () => {
  const change = (step: { spec: { timeoutSeconds?: number } }) => {
    step.spec.timeoutSeconds = 30;
  };
  const run = await makeRun(engine, { teamId, needs: { a: [] }, dispatch: "auto", change });
  const { attempt_id, spec } = first(await runner.take());
  expect(spec.timeout_seconds).toBe(30);
  await runner.report(attempt_id, "running");
  const { rows } = await engine.pool.query(
    "SELECT EXTRACT(EPOCH FROM deadline_at - started_at)::int AS seconds FROM attempt WHERE id = $1",
    [attempt_id],
  );
  expect(first(rows).seconds).toBe(30 + 10 + 60);
  await expire(attempt_id, "deadline_at");
  await sweepNow(engine);
  expect(await taskRow(run.tasks.a)).toMatchObject({ status: "failed", reason: "timed-out" });
  expect((await runner.sync({ held: [{ attempt_id, status: "running" }] })).lost).toEqual([attempt_id]);
  expect(await violationsOf(engine, run.runId)).toEqual([]);
});
