import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPool } from "../../db/pool";
import { getEngine, startEngine, stopEngine } from "../../engine/engine";
import { call } from "../../testing/api-client";
import { INSTANCE, type ProtocolTest, protocolTest } from "../../testing/runner-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
beforeAll(() => startEngine());
afterAll(async () => {
  await stopEngine();
  await pool.end();
});
let test: ProtocolTest;
beforeEach(async () => {
  test = await protocolTest(pool);
});

/** Resolves once the runner's n-th sync is registered. */
const registered = (n: number) =>
  expect
    .poll(async () => {
      const { rows } = await pool.query("SELECT sync_number FROM runner WHERE id = $1", [test.runnerId]);
      return Number(rows[0]?.sync_number);
    })
    .toBe(n);
const took = async <T>(work: Promise<T>): Promise<[T, number]> => {
  const since = performance.now();
  return [await work, performance.now() - since];
};
const withInstance = (id: string) => ({ runner: { ...INSTANCE, instance_id: id } });

describe("instances of one runner", () => {
  it("answers an earlier instance 409, and what that one says changes nothing", async () => {
    const run = await test.run({ a: [] });
    const given = await test.sync({ free_slots: 1, ...withInstance("old") });
    const attempt = given.json.assignments[0].attempt_id;
    expect((await test.sync(withInstance("new"))).status).toBe(200);
    const before = await pool.query("SELECT * FROM runner WHERE id = $1", [test.runnerId]);
    const lease = await pool.query("SELECT * FROM attempt WHERE id = $1", [attempt]);
    const late = await test.sync({
      ...withInstance("old"),
      held: [{ attempt_id: attempt, status: "running" }],
      reports: [{ attempt_id: attempt, status: "success", exit_code: 0 }],
    });
    expect(late).toMatchObject({ status: 409, json: { code: "runner_replaced", status: 409 } });
    expect((await pool.query("SELECT * FROM runner WHERE id = $1", [test.runnerId])).rows).toEqual(before.rows);
    expect((await pool.query("SELECT * FROM attempt WHERE id = $1", [attempt])).rows).toEqual(lease.rows);
    expect((await test.task(run, "a")).status).toBe("queued");
  });

  it("counts an absent instance_id as one fixed value", async () => {
    const none = { runner: { slots: 1 } };
    expect((await test.sync(none)).status).toBe(200);
    expect((await test.sync(none)).status).toBe(200);
    expect((await test.sync(withInstance("named"))).status).toBe(200);
    expect((await test.sync(none)).status).toBe(409);
  });

  it("never sends a queued attempt of an earlier instance again, but keeps it for who lists it", async () => {
    await test.run({ a: [] });
    const given = await test.sync({ free_slots: 1, ...withInstance("old") });
    const attempt = given.json.assignments[0].attempt_id;
    expect((await test.sync({ free_slots: 1, ...withInstance("new") })).json.assignments).toEqual([]);
    const held = [{ attempt_id: attempt, status: "queued" }];
    expect((await test.sync({ held, ...withInstance("new") })).json.lost).toEqual([]);
    const reports = [{ attempt_id: attempt, status: "failed", reason: "runner-lost" }];
    expect((await test.sync({ reports, ...withInstance("new") })).json.reports[0].accepted).toBe(true);
  });

  it("answers a parked sync at once, without assignments, when a later one comes", async () => {
    const parked = took(test.sync({ free_slots: 1, wait_ms: 20_000 }));
    await registered(1);
    const later = test.sync({ free_slots: 1, wait_ms: 20_000 });
    const [first, ms] = await parked;
    expect(ms).toBeLessThan(5_000);
    expect(first).toMatchObject({ status: 200, json: { assignments: [], cancel: [], lost: [] } });
    await test.run({ a: [] });
    expect((await later).json.assignments).toHaveLength(1);
  });

  it("answers a sync that another process parked, when a later one comes here", async () => {
    const elsewhere = took(test.sync({ free_slots: 1, wait_ms: 20_000 }));
    await registered(1);
    // What another process would send: its registration, and its word.
    await pool.query("UPDATE runner SET sync_number = sync_number + 1, process_id = $2 WHERE id = $1", [
      test.runnerId,
      randomUUID(),
    ]);
    await pool.query("SELECT pg_notify('switchyard', $1)", [`${randomUUID()} sync:${test.runnerId}`]);
    const [first, ms] = await elsewhere;
    expect(ms).toBeLessThan(5_000);
    expect(first.json.assignments).toEqual([]);
  });
});

describe("waiting", () => {
  it("is ended by a dispatch, within moments", async () => {
    const run = await test.run({ a: [] }, { dispatch: "manual" });
    const parked = test.sync({ free_slots: 1, wait_ms: 20_000 });
    await registered(1);
    const since = performance.now();
    await test.post(`/workflow-runs/${run.id}/dispatch-ready`);
    expect((await parked).json.assignments).toMatchObject([{ key: "a", attempt: 1, run_id: run.id }]);
    expect(performance.now() - since).toBeLessThan(1_500);
  });

  it("is ended by a cancel, and not by one that the runner has acknowledged", async () => {
    const run = await test.run({ a: [] });
    const attempt = (await test.sync({ free_slots: 1 })).json.assignments[0].attempt_id;
    const parked = test.sync({ held: [{ attempt_id: attempt, status: "running" }], wait_ms: 20_000 });
    await registered(2);
    const since = performance.now();
    await test.post(`/tasks/${run.tasks.a}/cancel`, { reason: "enough" });
    const { json } = await parked;
    expect(performance.now() - since).toBeLessThan(1_500);
    expect(json.cancel).toEqual([
      { attempt_id: attempt, reason: "canceled by test: enough", grace_seconds: getEngine().settings.graceSeconds },
    ]);
    // It lists the cancel as its own: the server still names it, but has nothing new to say.
    const held = [{ attempt_id: attempt, status: "cancel-requested" }];
    const [again, ms] = await took(test.sync({ held, wait_ms: 300 }));
    expect(ms).toBeGreaterThan(290);
    expect(again.json.cancel).toHaveLength(1);
    const [unaware, soon] = await took(test.sync({ held: [], wait_ms: 20_000 }));
    expect(soon).toBeLessThan(5_000);
    expect(unaware.json.cancel).toHaveLength(1);
  });

  it("is ended by the loss of what it holds", async () => {
    await test.run({ a: [] });
    const attempt = (await test.sync({ free_slots: 1 })).json.assignments[0].attempt_id;
    await test.sync({ reports: [{ attempt_id: attempt, status: "running" }] });
    const parked = took(test.sync({ held: [{ attempt_id: attempt, status: "running" }], wait_ms: 20_000 }));
    await registered(3);
    await pool.query("UPDATE attempt SET deadline_at = clock_timestamp() - interval '1 s' WHERE id = $1", [attempt]);
    const [answer, ms] = await parked;
    expect(answer.json.lost).toEqual([attempt]);
    expect(ms).toBeLessThan(10_000);
  });

  it("does not happen for reports, for something lost, or without wait_ms", async () => {
    const unknown = randomUUID();
    const wait = { wait_ms: 20_000 };
    const [reports, first] = await took(
      test.sync({ ...wait, reports: [{ attempt_id: unknown, status: "success" }], free_slots: 1 }),
    );
    expect(reports.json.reports).toEqual([{ attempt_id: unknown, accepted: false, code: "lease_lost" }]);
    const [lost, second] = await took(test.sync({ ...wait, held: [{ attempt_id: unknown, status: "running" }] }));
    expect(lost.json.lost).toEqual([unknown]);
    const [, third] = await took(test.sync({ free_slots: 1 }));
    expect(Math.max(first, second, third)).toBeLessThan(5_000);
  });

  it("ends when its time is over, with nothing", async () => {
    const [answer, ms] = await took(test.sync({ free_slots: 1, wait_ms: 200 }));
    expect(ms).toBeGreaterThan(190);
    expect(answer.json).toEqual({
      reports: [],
      assignments: [],
      cancel: [],
      lost: [],
      lease_seconds: 60,
      running_lease_seconds: 300,
      server_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it("ends when the runner is revoked, and its next sync is 401, not runner_replaced", async () => {
    const parked = took(test.sync({ free_slots: 1, wait_ms: 20_000 }));
    await registered(1);
    const path = `/api/v1/runners/${test.runnerId}`;
    expect((await call("DELETE", path, { token: test.apiToken })).status).toBe(204);
    const [answer, ms] = await parked;
    expect(ms).toBeLessThan(5_000);
    if (answer.status === 200) expect(answer.json.assignments).toEqual([]);
    expect(await test.sync()).toMatchObject({ status: 401, json: { code: "unauthenticated" } });
  });
});

describe("room", () => {
  const four = { a: [], b: [], c: [], d: [], e: [], f: [] };
  const count = async (body: object) => (await test.sync(body)).json.assignments.length;

  it("is what is free", async () => {
    await test.run(four);
    expect(await count({ free_slots: 0 })).toBe(0);
    expect(await count({})).toBe(0);
    expect(await count({ free_slots: 2 })).toBe(2);
  });

  it("is at most the slots beside what is live, whatever the runner says is free", async () => {
    await test.run(four);
    const first = (await test.sync({ free_slots: 3 })).json.assignments;
    expect(first).toHaveLength(3);
    const held = first.map((given: { attempt_id: string }) => ({ attempt_id: given.attempt_id, status: "queued" }));
    expect(await count({ held, free_slots: 10 })).toBe(1);
  });

  it("counts what is sent again", async () => {
    await test.run(four);
    const lost = (await test.sync({ free_slots: 1 })).json.assignments[0];
    const again = (await test.sync({ free_slots: 2 })).json.assignments;
    expect(again).toHaveLength(2);
    expect(again[0].attempt_id).toBe(lost.attempt_id);
    expect(again[0]).toEqual({ ...lost, lease_expires_at: again[0].lease_expires_at });
  });

  it("is nothing without slots, and nothing new while draining", async () => {
    await test.run(four);
    expect(await count({ runner: { ...INSTANCE, slots: 0 }, free_slots: 3 })).toBe(0);
    const draining = { runner: { ...INSTANCE, state: "draining" }, free_slots: 3 };
    expect(await count(draining)).toBe(0);
    const given = (await test.sync({ free_slots: 1 })).json.assignments[0];
    const resent = (await test.sync(draining)).json.assignments;
    expect(resent.map((item: { attempt_id: string }) => item.attempt_id)).toEqual([given.attempt_id]);
    const reports = [{ attempt_id: given.attempt_id, status: "success" }];
    expect(await count({ ...draining, reports })).toBe(0);
  });

  it("is only for tasks whose labels the runner has", async () => {
    const steps = { a: { run: "x", "runs-on": ["gpu"] }, b: { run: "x", "runs-on": ["linux"] } };
    await test.run({ a: [], b: [] }, { definition: { name: "labels", steps } });
    const { assignments } = (await test.sync({ free_slots: 4 })).json;
    expect(assignments.map((given: { key: string }) => given.key)).toEqual(["b"]);
  });
});
