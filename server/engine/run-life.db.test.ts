import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violationsOf } from "../testing/check-run";
import { ADA, makeRun, makeRunner, makeTeam, type TestRun, taskStatuses, testEngine } from "../testing/factories";
import { FakeRunner, first } from "../testing/fake-runner";
import { abortRun } from "./abort-run";
import { cancelTask } from "./cancel-task";
import { dispatchReady } from "./dispatch-ready";
import type { Engine } from "./engine";
import { setDispatchMode } from "./set-dispatch-mode";

let engine: Engine;
let teamId: string;
let runner: FakeRunner;

beforeAll(async () => {
  engine = testEngine();
  teamId = await makeTeam(engine);
  runner = new FakeRunner(engine, await makeRunner(engine, teamId));
});
afterAll(() => engine.stop());

const DIAMOND = { a: [], b: ["a"], c: ["a"], d: ["b", "c"] };

async function runRow(run: TestRun) {
  const { rows } = await engine.pool.query(
    "SELECT status, settled, started_at, finished_at FROM workflow_run WHERE id = $1",
    [run.runId],
  );
  return first(rows);
}

async function eventTypes(run: TestRun): Promise<string[]> {
  const { rows } = await engine.pool.query<{ type: string }>(
    "SELECT type FROM event WHERE run_id = $1 ORDER BY number",
    [run.runId],
  );
  return rows.map((row) => row.type);
}

function dispatch(run: TestRun, given: { limit?: number; keys?: string[] } = {}) {
  return dispatchReady(engine, { teamId, runId: run.runId, actor: ADA, ...given });
}

describe("a manual run", () => {
  it("dispatches what is ready, one by one, refuses the second until the first succeeds, and ends in success", async () => {
    const run = await makeRun(engine, { teamId, needs: DIAMOND });
    expect((await runRow(run)).status).toBe("created");
    expect((await dispatch(run)).taskIds).toEqual([run.tasks.a]);
    expect(await dispatch(run)).toEqual({ taskIds: [], reason: "dependencies not satisfied" });
    const [a] = await runner.take();
    if (!a) throw new Error("nothing was assigned");
    expect(await runner.report(a.attempt_id, "running")).toBe(true);
    expect(await dispatch(run)).toEqual({ taskIds: [], reason: "dependencies not satisfied" });
    expect(await runner.report(a.attempt_id, "success", { exit_code: 0 })).toBe(true);
    expect((await dispatch(run, { limit: 5 })).taskIds).toEqual([run.tasks.b, run.tasks.c]);
    for (const { attempt_id } of await runner.take(2)) await runner.report(attempt_id, "success");
    await dispatch(run, { keys: ["d"] });
    for (const { attempt_id } of await runner.take(2)) await runner.report(attempt_id, "success");
    expect(await runRow(run)).toMatchObject({ status: "success", settled: true });
    expect(await dispatch(run)).toEqual({ taskIds: [], reason: "no ready tasks" });
    expect(await violationsOf(engine, run.runId)).toEqual([]);
    expect(await eventTypes(run)).toEqual([
      ...["workflow_run.created", "task.dispatched", "workflow_run.running", "task.queued", "task.running"],
      ...["task.succeeded", "task.dispatched", "task.dispatched", "task.queued", "task.queued", "task.succeeded"],
      ...["task.succeeded", "task.dispatched", "task.queued", "task.succeeded", "workflow_run.succeeded"],
    ]);
  });

  it("refuses keys that are not in the run and changes nothing", async () => {
    const run = await makeRun(engine, { teamId, needs: DIAMOND });
    await expect(dispatch(run, { keys: ["a", "x"] })).rejects.toMatchObject({ code: "invalid_input" });
    expect((await taskStatuses(engine, run.runId)).a).toBe("created");
  });

  it("is not found by another team", async () => {
    const run = await makeRun(engine, { teamId, needs: DIAMOND });
    const other = await makeTeam(engine);
    const given = { teamId: other, runId: run.runId, actor: ADA };
    await expect(dispatchReady(engine, given)).rejects.toMatchObject({ code: "not_found" });
    await expect(abortRun(engine, given)).rejects.toMatchObject({ code: "not_found" });
    await expect(setDispatchMode(engine, { ...given, dispatch: "auto" })).rejects.toMatchObject({ code: "not_found" });
    const task = { teamId: other, taskId: run.tasks.a ?? "", actor: ADA };
    await expect(cancelTask(engine, task)).rejects.toMatchObject({ code: "not_found" });
  });

  it("goes on by itself once switched to auto, and stops doing so once switched back", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [], b: ["a"], c: ["b"] } });
    const mode = { teamId, runId: run.runId, actor: ADA };
    await setDispatchMode(engine, { ...mode, dispatch: "auto" });
    expect((await taskStatuses(engine, run.runId)).a).toBe("dispatched");
    const before = (await eventTypes(run)).length;
    await setDispatchMode(engine, { ...mode, dispatch: "auto" });
    expect(await eventTypes(run)).toHaveLength(before);
    await runner.report(first(await runner.take()).attempt_id, "success");
    expect(await taskStatuses(engine, run.runId)).toEqual({ a: "success", b: "dispatched", c: "created" });
    await setDispatchMode(engine, { ...mode, dispatch: "manual" });
    await runner.report(first(await runner.take()).attempt_id, "success");
    expect(await taskStatuses(engine, run.runId)).toEqual({ a: "success", b: "success", c: "created" });
    await dispatch(run);
    await runner.report(first(await runner.take()).attempt_id, "success");
    await expect(setDispatchMode(engine, { ...mode, dispatch: "auto" })).rejects.toMatchObject({ code: "run_settled" });
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });
});

describe("a failure", () => {
  const FORK = { a: [], b: [], c: ["a"], d: ["b"] };

  it("under continue stops nothing else; the run is failed at once and settled at the end", async () => {
    const run = await makeRun(engine, { teamId, needs: FORK, dispatch: "auto" });
    const [a, b] = await runner.take(2);
    await runner.report(a?.attempt_id ?? "", "failed", { exit_code: 2 });
    expect(await runRow(run)).toMatchObject({ status: "failed", settled: false });
    await runner.report(b?.attempt_id ?? "", "success");
    await runner.report(first(await runner.take()).attempt_id, "success");
    expect(await taskStatuses(engine, run.runId)).toEqual({ a: "failed", b: "success", c: "created", d: "success" });
    expect(await runRow(run)).toMatchObject({ status: "failed", settled: true });
    expect((await eventTypes(run)).at(-1)).toBe("workflow_run.settled");
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });

  it("under stop lets auto mode dispatch nothing more, but a person may", async () => {
    const run = await makeRun(engine, { teamId, needs: FORK, dispatch: "auto", onFailure: "stop" });
    const [a, b] = await runner.take(2);
    await runner.report(a?.attempt_id ?? "", "failed");
    await runner.report(b?.attempt_id ?? "", "success");
    expect((await taskStatuses(engine, run.runId)).d).toBe("created");
    expect(await runRow(run)).toMatchObject({ status: "failed", settled: true });
    await dispatch(run);
    expect((await taskStatuses(engine, run.runId)).d).toBe("dispatched");
    expect(await runRow(run)).toMatchObject({ status: "failed", settled: false, finished_at: null });
    await runner.report(first(await runner.take()).attempt_id, "success");
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });

  it("that is dispatched again lets auto mode go on under stop, with what became ready meanwhile", async () => {
    const run = await makeRun(engine, {
      teamId,
      needs: { a: [], b: [], c: ["b"] },
      dispatch: "auto",
      onFailure: "stop",
    });
    const [a, b] = await runner.take(2);
    await runner.report(a?.attempt_id ?? "", "submit-failed");
    await runner.report(b?.attempt_id ?? "", "success");
    expect((await taskStatuses(engine, run.runId)).c).toBe("created");
    expect((await dispatch(run, { keys: ["a"] })).taskIds).toEqual([run.tasks.a]);
    expect(await taskStatuses(engine, run.runId)).toEqual({ a: "dispatched", b: "success", c: "dispatched" });
    for (const { attempt_id } of await runner.take(2)) await runner.report(attempt_id, "success");
    expect(await runRow(run)).toMatchObject({ status: "success", settled: true });
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });

  it("with a reason that the limit cuts in the middle of a character is stored all the same", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [] }, dispatch: "auto" });
    const { attempt_id } = first(await runner.take());
    expect(await runner.report(attempt_id, "failed", { reason: `${"e".repeat(1_999)}\u{1F600}` })).toBe(true);
    const { rows } = await engine.pool.query("SELECT reason FROM task WHERE id = $1", [run.tasks.a]);
    expect(first(rows).reason).toBe(`${"e".repeat(1_999)}\uFFFD`);
  });

  it("under cancel cancels what is dispatched and asks runners to stop, in the same transaction", async () => {
    const needs = { a: [], b: [], c: [], d: ["b"] };
    const run = await makeRun(engine, { teamId, needs, dispatch: "auto", onFailure: "cancel" });
    const [a, b] = await runner.take(2);
    await runner.report(b?.attempt_id ?? "", "running");
    await runner.report(a?.attempt_id ?? "", "failed");
    expect(await taskStatuses(engine, run.runId)).toEqual({
      a: "failed",
      b: "cancel-requested",
      c: "canceled",
      d: "created",
    });
    const { cancel } = await runner.sync({ held: [{ attempt_id: b?.attempt_id ?? "", status: "running" }] });
    expect(cancel).toEqual([{ attempt_id: b?.attempt_id, reason: "another task is in failure", grace_seconds: 10 }]);
    await runner.report(b?.attempt_id ?? "", "canceled");
    expect(await runRow(run)).toMatchObject({ status: "failed", settled: true });
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });

  it("submit-failed may be dispatched again, after every created task that is ready", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [], b: [] } });
    await dispatch(run);
    await runner.report(first(await runner.take()).attempt_id, "submit-failed", { reason: "no bash" });
    expect(await taskStatuses(engine, run.runId)).toEqual({ a: "submit-failed", b: "created" });
    expect((await dispatch(run)).taskIds).toEqual([run.tasks.b]);
    expect((await dispatch(run)).taskIds).toEqual([run.tasks.a]);
    for (const { attempt_id } of await runner.take(2)) await runner.report(attempt_id, "success");
    expect(await runRow(run)).toMatchObject({ status: "success", settled: true });
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });
});

describe("cancel and abort", () => {
  it("cancel of a waiting task is final at once; of a running one it is up to its runner", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [], b: ["a"] } });
    const cancel = (key: string) => cancelTask(engine, { teamId, taskId: run.tasks[key] ?? "", actor: ADA });
    await cancel("b");
    await cancel("b");
    expect(await runRow(run)).toMatchObject({ status: "failed", settled: true });
    await dispatch(run);
    const a = first(await runner.take());
    await runner.report(a.attempt_id, "running");
    await cancel("a");
    await cancel("a");
    expect((await taskStatuses(engine, run.runId)).a).toBe("cancel-requested");
    expect(await runner.report(a.attempt_id, "success")).toBe(true);
    expect((await taskStatuses(engine, run.runId)).a).toBe("success");
    await expect(cancel("a")).rejects.toMatchObject({ code: "task_ended" });
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });

  it("abort is one transaction, final, and moved by no late report", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [], b: [], c: [], d: ["a"] } });
    await dispatch(run, { limit: 3 });
    const [a, b] = await runner.take(2);
    await runner.report(a?.attempt_id ?? "", "running");
    await abortRun(engine, { teamId, runId: run.runId, actor: ADA, reason: "wrong input" });
    expect(await taskStatuses(engine, run.runId)).toEqual({
      ...{ a: "cancel-requested", b: "cancel-requested", c: "canceled", d: "canceled" },
    });
    expect(await runRow(run)).toMatchObject({ status: "aborted", settled: false });
    const order = await runner.sync({ held: [{ attempt_id: a?.attempt_id ?? "", status: "running" }] });
    expect(order.cancel.map((entry) => entry.reason)).toEqual(Array(2).fill("run aborted by Ada: wrong input"));
    expect(await runner.take(5)).toEqual([]);
    expect(await runner.report(b?.attempt_id ?? "", "running")).toBe(true);
    expect(await runner.report(b?.attempt_id ?? "", "canceled")).toBe(true);
    expect(await runner.report(a?.attempt_id ?? "", "success")).toBe(true);
    expect(await runRow(run)).toMatchObject({ status: "aborted", settled: true });
    await abortRun(engine, { teamId, runId: run.runId, actor: ADA });
    await expect(dispatch(run)).rejects.toMatchObject({ code: "run_aborted" });
    const mode = { teamId, runId: run.runId, actor: ADA, dispatch: "auto" } as const;
    await expect(setDispatchMode(engine, mode)).rejects.toMatchObject({ code: "run_aborted" });
    expect(await violationsOf(engine, run.runId)).toEqual([]);
  });

  it("a run that is aborted before anything started has no start", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [] } });
    await abortRun(engine, { teamId, runId: run.runId, actor: ADA });
    expect(await runRow(run)).toMatchObject({ status: "aborted", settled: true, started_at: null });
  });

  it("a settled run cannot be aborted", async () => {
    const run = await makeRun(engine, { teamId, needs: { a: [] }, dispatch: "auto" });
    await runner.report(first(await runner.take()).attempt_id, "success");
    await expect(abortRun(engine, { teamId, runId: run.runId, actor: ADA })).rejects.toMatchObject({
      code: "run_settled",
    });
  });
});
