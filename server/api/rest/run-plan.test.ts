import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createPool } from "../../db/pool";
import { stopEngine } from "../../engine/engine";
import { INSTANCE, type ProtocolRun, type ProtocolTest, protocolTest } from "../../testing/runner-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
afterAll(async () => {
  await stopEngine();
  await pool.end();
});
let test: ProtocolTest;
beforeEach(async () => {
  test = await protocolTest(pool);
});

interface Plan {
  ready: { task_id: string; key: string; reasons: { code: string; message: string }[] }[];
  blocked: { task_id: string; key: string; reasons: { code: string; message: string }[] }[];
}
const planOf = async (run: ProtocolRun): Promise<Plan> => (await test.get(`/workflow-runs/${run.id}/plan`)).json;
const codesOf = async (run: ProtocolRun) =>
  Object.fromEntries((await planOf(run)).blocked.map((task) => [task.key, task.reasons.map((reason) => reason.code)]));
const take = async (body: object = {}) => (await test.sync({ free_slots: 1, ...body })).json.assignments[0].attempt_id;

describe("GET /workflow-runs/{id}/plan", () => {
  it("names what waits, what is ready and what has a runner", async () => {
    const run = await test.run({ a: [], b: ["a"], c: [] }, { dispatch: "manual" });
    const plan = await planOf(run);
    expect(plan.ready).toEqual([
      { task_id: run.tasks.a, key: "a", reasons: [{ code: "needs_dispatch", message: expect.any(String) }] },
      { task_id: run.tasks.c, key: "c", reasons: [{ code: "needs_dispatch", message: expect.any(String) }] },
    ]);
    expect(plan.blocked).toEqual([
      {
        task_id: run.tasks.b,
        key: "b",
        reasons: [{ code: "waiting_for", message: expect.stringContaining("a"), keys: ["a"] }],
      },
    ]);
    await test.post(`/workflow-runs/${run.id}/dispatch-ready`);
    const attempt = await take();
    expect(await codesOf(run)).toEqual({ a: ["assigned"], b: ["waiting_for"] });
    await test.sync({ reports: [{ attempt_id: attempt, status: "running" }] });
    expect(await codesOf(run)).toEqual({ b: ["waiting_for"] });
    await test.post(`/tasks/${run.tasks.a}/cancel`);
    expect(await codesOf(run)).toEqual({ a: ["assigned"], b: ["waiting_for"] });
    await test.sync({ reports: [{ attempt_id: attempt, status: "canceled" }] });
    expect(await codesOf(run)).toEqual({ b: ["blocked_by"] });
    expect((await planOf(run)).ready.map((task) => task.key)).toEqual(["c"]);
  });

  it("says what a dispatched task misses: a label, a runner that is there, a free slot", async () => {
    const steps = { a: { run: "x", "runs-on": ["gpu"] } };
    const run = await test.run({ a: [] }, { definition: { name: "gpu", steps } });
    expect(await codesOf(run)).toEqual({ a: ["no_runner_label"] });
    await test.sync();
    expect(await codesOf(run)).toEqual({ a: ["no_runner_label"] });
    const gpu = { ...INSTANCE, labels: ["gpu"], slots: 1 };
    await test.sync({ runner: { ...gpu, state: "draining" } });
    expect(await codesOf(run)).toEqual({ a: ["runner_offline"] });
    await test.sync({ runner: gpu });
    expect(await codesOf(run)).toEqual({ a: ["runners_busy"] });
    await pool.query("UPDATE runner SET last_seen_at = now() - interval '1 h' WHERE id = $1", [test.runnerId]);
    expect(await codesOf(run)).toEqual({ a: ["runner_offline"] });
  });

  it("says that a failure holds auto mode, and leaves the task to a person", async () => {
    const definition = {
      name: "stop",
      "on-failure": "stop",
      steps: { a: { run: "x" }, b: { run: "x" }, c: { run: "x", needs: "b" } },
    };
    const run = await test.run({ a: [], b: [], c: ["b"] }, { definition });
    const given = (await test.sync({ free_slots: 2 })).json.assignments;
    await test.sync({
      reports: [
        { attempt_id: given[0].attempt_id, status: "failed" },
        { attempt_id: given[1].attempt_id, status: "success" },
      ],
    });
    const { ready } = await planOf(run);
    expect(ready).toMatchObject([{ task_id: run.tasks.c, key: "c" }]);
    expect(ready[0]?.reasons.map((reason) => reason.code)).toEqual(["stopped_by_failure", "needs_dispatch"]);
    expect((await test.task(run, "c")).status).toBe("created");
    const answer = await test.post(`/workflow-runs/${run.id}/dispatch-ready`);
    expect(answer.json).toMatchObject({ dispatched: true, task_id: run.tasks.c });
  });

  it("has nothing to say of a run that is over", async () => {
    const run = await test.run({ a: [], b: ["a"] });
    await test.post(`/workflow-runs/${run.id}/abort`);
    expect(await planOf(run)).toEqual({ ready: [], blocked: [] });
  });
});

describe("POST /workflow-runs/{id}/dispatch-ready", () => {
  const dispatch = (run: ProtocolRun, body: object = {}) => test.post(`/workflow-runs/${run.id}/dispatch-ready`, body);

  it("takes the first, the first n, or the named ones, in template order", async () => {
    const run = await test.run({ a: [], b: [], c: [], d: [], e: ["a"] }, { dispatch: "manual" });
    const first = (await dispatch(run)).json;
    expect(first).toEqual({
      run_id: run.id,
      dispatched: true,
      task_id: run.tasks.a,
      task_ids: [run.tasks.a],
      tasks: [expect.objectContaining({ id: run.tasks.a, key: "a", status: "dispatched", needs: [] })],
      blocked: [
        { task_id: run.tasks.a, key: "a", reasons: [expect.objectContaining({ code: "runner_offline" })] },
        { task_id: run.tasks.e, key: "e", reasons: [expect.objectContaining({ code: "waiting_for" })] },
      ],
    });
    expect((await dispatch(run, { keys: ["d", "e", "d"] })).json.task_ids).toEqual([run.tasks.d]);
    expect((await dispatch(run, { limit: 9 })).json.task_ids).toEqual([run.tasks.b, run.tasks.c]);
    expect((await dispatch(run, { keys: ["e"] })).json).toEqual({
      run_id: run.id,
      dispatched: false,
      reason: "dependencies not satisfied",
      blocked: expect.any(Array),
    });
    const unknown = await dispatch(run, { keys: ["e", "nobody"] });
    expect(unknown).toMatchObject({ status: 422, json: { errors: [{ pointer: "/keys/1" }] } });
    expect((await dispatch(run, { limit: 20_001 })).status).toBe(422);
  });

  it("says `no ready tasks` when nothing waits for a dependency", async () => {
    const run = await test.run({ a: [] });
    expect((await dispatch(run)).json).toMatchObject({ dispatched: false, reason: "no ready tasks" });
    const attempt = await take();
    await test.sync({ reports: [{ attempt_id: attempt, status: "success" }] });
    expect((await dispatch(run)).json).toMatchObject({ dispatched: false, reason: "no ready tasks", blocked: [] });
  });

  it("offers submit-failed tasks after the created ones", async () => {
    const run = await test.run({ a: [], b: [] }, { dispatch: "manual" });
    await dispatch(run);
    await test.sync({ reports: [{ attempt_id: await take(), status: "submit-failed" }] });
    expect((await planOf(run)).ready.map((task) => task.key)).toEqual(["a", "b"]);
    expect((await dispatch(run)).json.task_id).toBe(run.tasks.b);
    expect((await dispatch(run)).json.task_id).toBe(run.tasks.a);
    expect(await test.task(run, "a")).toMatchObject({ status: "dispatched", reason: null, runner_id: null });
  });

  it("is a conflict while paused, and on an aborted run", async () => {
    const run = await test.run({ a: [] }, { dispatch: "manual" });
    await pool.query("UPDATE workflow_run SET paused = true, status = 'paused' WHERE id = $1", [run.id]);
    expect(await dispatch(run)).toMatchObject({ status: 409, json: { code: "run_paused" } });
    await pool.query("UPDATE workflow_run SET paused = false, status = 'created' WHERE id = $1", [run.id]);
    await test.post(`/workflow-runs/${run.id}/abort`);
    expect(await dispatch(run)).toMatchObject({ status: 409, json: { code: "run_aborted" } });
  });
});

describe("conflicts", () => {
  it("of cancel: task_ended, unless it is canceled already", async () => {
    const run = await test.run({ a: [], b: [] });
    const given = (await test.sync({ free_slots: 2 })).json.assignments;
    await test.sync({
      reports: [
        { attempt_id: given[0].attempt_id, status: "success" },
        { attempt_id: given[1].attempt_id, status: "submit-failed" },
      ],
    });
    for (const key of ["a", "b"])
      expect(await test.post(`/tasks/${run.tasks[key]}/cancel`)).toMatchObject({
        status: 409,
        json: { code: "task_ended" },
      });
    const other = await test.run({ a: [] }, { dispatch: "manual" });
    const canceled = await test.post(`/tasks/${other.tasks.a}/cancel`);
    const events = await test.eventCount(other);
    expect(await test.post(`/tasks/${other.tasks.a}/cancel`)).toMatchObject({ status: 200, json: canceled.json });
    expect(await test.eventCount(other)).toBe(events);
  });

  it("of abort and of the mode: a settled run", async () => {
    const run = await test.run({ a: [] });
    await test.sync({ reports: [{ attempt_id: await take(), status: "success" }] });
    expect((await test.post(`/workflow-runs/${run.id}/abort`)).status).toBe(409);
    expect((await test.post(`/workflow-runs/${run.id}/dispatch-mode`, { dispatch: "manual" })).status).toBe(409);
    const failed = await test.run({ a: [] });
    await test.sync({ reports: [{ attempt_id: await take(), status: "failed" }] });
    expect((await test.post(`/workflow-runs/${failed.id}/abort`)).status).toBe(409);
    const mode = await test.post(`/workflow-runs/${failed.id}/dispatch-mode`, { dispatch: "manual" });
    expect(mode).toMatchObject({ status: 200, json: { dispatch: "manual", status: "failed", settled: true } });
    const events = await test.eventCount(failed);
    await test.post(`/workflow-runs/${failed.id}/dispatch-mode`, { dispatch: "manual" });
    expect(await test.eventCount(failed)).toBe(events);
  });
});
