import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createPool } from "../../db/pool";
import { getEngine, stopEngine } from "../../engine/engine";
import { call, makeRunner } from "../../testing/api-client";
import { sweepNow } from "../../testing/factories";
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

const LOST = { accepted: false, code: "lease_lost" };
/** A run of one task that the runner has, and its attempt. */
async function oneQueued(): Promise<{ run: ProtocolRun; attempt: string }> {
  const run = await test.run({ a: [] });
  return { run, attempt: (await test.sync({ free_slots: 1 })).json.assignments[0].attempt_id };
}
/** Sends reports of one attempt and returns the answers without its id. */
async function say(attempt: string, ...reports: (string | object)[]) {
  const list = reports.map((report) => ({
    attempt_id: attempt,
    ...(typeof report === "string" ? { status: report } : report),
  }));
  const { status, json } = await test.sync({ reports: list });
  expect(status).toBe(200);
  return json.reports.map(({ attempt_id, ...rest }: { attempt_id: string }) => {
    expect(attempt_id).toBe(attempt);
    return rest;
  });
}

describe("an assignment", () => {
  it("says everything that the step needs", async () => {
    const step = {
      run: "npm test",
      shell: "sh",
      env: { B: "step" },
      "working-directory": "app",
      "timeout-minutes": 2,
    };
    const definition = { name: "full", env: { A: "workflow", B: "workflow" }, steps: { build: step } };
    const run = await test.run({ build: [] }, { definition });
    const { json } = await test.sync({ free_slots: 1 });
    const [given] = json.assignments;
    expect(given).toEqual({
      attempt_id: expect.any(String),
      task_id: run.tasks.build,
      run_id: run.id,
      run_number: run.number,
      key: "build",
      attempt: 1,
      lease_expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      spec: {
        run: "npm test",
        shell: "sh",
        env: { A: "workflow", B: "step" },
        working_directory: "app",
        timeout_seconds: 120,
      },
    });
    const lease = Date.parse(given.lease_expires_at) - Date.parse(json.server_time);
    expect(Math.abs(lease - json.lease_seconds * 1000)).toBeLessThan(5_000);
  });
});

describe("reports", () => {
  it("are applied in the order of the list", async () => {
    const one = await oneQueued();
    expect(await say(one.attempt, "running", "success")).toEqual([{ accepted: true }, { accepted: true }]);
    const task = await test.task(one.run, "a");
    expect(task).toMatchObject({ status: "success", attempt: 1 });
    const types = (await test.get(`/workflow-runs/${one.run.id}/events`)).json.items.map(
      (event: { type: string }) => event.type,
    );
    expect(types.slice(-3)).toEqual(["task.running", "task.succeeded", "workflow_run.succeeded"]);
    const two = await oneQueued();
    expect(await say(two.attempt, "success", "running", "success", "failed")).toEqual([
      { accepted: true },
      { accepted: true },
      { accepted: true },
      LOST,
    ]);
    expect((await test.task(two.run, "a")).status).toBe("success");
  });

  it("change nothing when repeated", async () => {
    const { run, attempt } = await oneQueued();
    await say(attempt, "running");
    const started = await test.task(run, "a");
    expect(await say(attempt, "running")).toEqual([{ accepted: true }]);
    expect(await test.task(run, "a")).toEqual(started);
    const end = { status: "failed", exit_code: 3, reason: "no luck", outputs: { rows: "1" } };
    await say(attempt, end);
    const ended = await test.task(run, "a");
    expect(ended).toMatchObject({ status: "failed", exit_code: 3, reason: "no luck", outputs: { rows: "1" } });
    const events = await test.eventCount(run);
    expect(await say(attempt, end)).toEqual([{ accepted: true }]);
    expect(await say(attempt, "running")).toEqual([{ accepted: true }]);
    expect(await test.task(run, "a")).toEqual(ended);
    expect(await test.eventCount(run)).toBe(events);
  });

  it("are lease_lost where the end was reported differently", async () => {
    const { run, attempt } = await oneQueued();
    await say(attempt, { status: "failed", exit_code: 1 });
    const ended = await test.task(run, "a");
    for (const other of ["success", "canceled", "submit-failed", { status: "failed", exit_code: 2 }])
      expect(await say(attempt, other)).toEqual([LOST]);
    expect(await test.task(run, "a")).toEqual(ended);
  });

  it("are lease_lost where the server ended the attempt, as is `running`", async () => {
    const { run, attempt } = await oneQueued();
    await say(attempt, "running");
    // As the sweeper of any process does it.
    await pool.query("UPDATE attempt SET lease_expires_at = clock_timestamp() - interval '1 s' WHERE id = $1", [
      attempt,
    ]);
    await sweepNow(getEngine());
    expect(await test.task(run, "a")).toMatchObject({ status: "failed", reason: "runner-lost" });
    expect(await say(attempt, "running", "success", "failed")).toEqual([LOST, LOST, LOST]);
    const { json } = await test.sync({ held: [{ attempt_id: attempt, status: "running" }] });
    expect(json.lost).toEqual([attempt]);
  });

  it("are lease_lost for another runner's attempt and for unknown ones, and never fail the request", async () => {
    const { run, attempt } = await oneQueued();
    const stranger = await makeRunner(pool, test.teamId);
    const elsewhere = await protocolTest(pool);
    for (const token of [stranger.token, elsewhere.runnerToken]) {
      const held = [{ attempt_id: attempt, status: "running" }];
      const reports = [{ attempt_id: attempt, status: "success" }];
      const { status, json } = await test.sync({ held, reports }, token);
      expect(status).toBe(200);
      expect(json.reports).toEqual([{ attempt_id: attempt, ...LOST }]);
      expect(json.lost).toEqual([attempt]);
    }
    expect(await say(randomUUID(), "success")).toEqual([LOST]);
    expect(await say("not an id", "running")).toEqual([LOST]);
    expect((await test.task(run, "a")).status).toBe("queued");
    expect(await say(attempt, "success")).toEqual([{ accepted: true }]);
  });

  it("keep the report's own time in the event's data, and never use it", async () => {
    const { run, attempt } = await oneQueued();
    const at = "2001-01-01T00:00:00.000Z";
    await say(attempt, { status: "running", at }, { status: "success", at, exit_code: 0 });
    const task = await test.task(run, "a");
    expect(Date.parse(task.started_at)).toBeGreaterThan(Date.parse(task.dispatched_at) - 1);
    expect(Date.parse(task.finished_at)).toBeGreaterThanOrEqual(Date.parse(task.started_at));
    const { items } = (await test.get(`/workflow-runs/${run.id}/events`)).json;
    const running = items.find((event: { type: string }) => event.type === "task.running");
    expect(JSON.stringify(running.data)).toContain(at);
    expect(running).toMatchObject({ task_key: "a", actor: { type: "runner", id: test.runnerId } });
  });

  it.each([
    ["success", "success"],
    ["failed", "failed"],
    ["canceled", "canceled"],
  ])("without a `running` before it, %s starts and ends in one moment", async (report, status) => {
    const { run, attempt } = await oneQueued();
    await say(attempt, report);
    const task = await test.task(run, "a");
    expect(task.status).toBe(status);
    expect(task.started_at).toBe(task.finished_at);
  });

  it("of submit-failed count by what the task was", async () => {
    const queued = await oneQueued();
    await say(queued.attempt, { status: "submit-failed", reason: "no bash" });
    expect(await test.task(queued.run, "a")).toMatchObject({
      status: "submit-failed",
      reason: "no bash",
      started_at: null,
    });
    expect(await say(queued.attempt, { status: "submit-failed", reason: "no bash" })).toEqual([{ accepted: true }]);

    const running = await oneQueued();
    expect(await say(running.attempt, "running", "submit-failed")).toEqual([{ accepted: true }, { accepted: true }]);
    expect((await test.task(running.run, "a")).status).toBe("failed");
    expect(await say(running.attempt, "submit-failed")).toEqual([{ accepted: true }]);
    expect(await say(running.attempt, "failed")).toEqual([LOST]);

    const canceled = await oneQueued();
    await test.post(`/tasks/${canceled.run.tasks.a}/cancel`);
    await say(canceled.attempt, "submit-failed");
    expect((await test.task(canceled.run, "a")).status).toBe("canceled");
  });

  it("of a cancel-requested task: `running` sets the start only, and the truth wins", async () => {
    const { run, attempt } = await oneQueued();
    await test.post(`/tasks/${run.tasks.a}/cancel`);
    const events = await test.eventCount(run);
    expect(await say(attempt, "running")).toEqual([{ accepted: true }]);
    const task = await test.task(run, "a");
    expect(task).toMatchObject({ status: "cancel-requested", started_at: expect.any(String), finished_at: null });
    expect(await test.eventCount(run)).toBe(events);
    expect(await say(attempt, { status: "success", exit_code: 0 })).toEqual([{ accepted: true }]);
    expect(await test.task(run, "a")).toMatchObject({ status: "success", started_at: task.started_at });
  });

  it("open what waits for them, in the same answer", async () => {
    await test.run({ a: [], b: ["a"], c: ["a"] });
    const first = (await test.sync({ free_slots: 1 })).json.assignments[0];
    const { json } = await test.sync({
      reports: [{ attempt_id: first.attempt_id, status: "success" }],
      free_slots: 2,
      wait_ms: 20_000,
    });
    expect(json.assignments.map((given: { key: string }) => given.key)).toEqual(["b", "c"]);
  });
});

describe("held", () => {
  const leaseOf = async (attempt: string) => {
    const { rows } = await pool.query<{ lease: Date }>("SELECT lease_expires_at AS lease FROM attempt WHERE id = $1", [
      attempt,
    ]);
    return rows[0]?.lease.getTime() ?? 0;
  };

  it("renews leases: short until started, long afterwards; who is not listed keeps the old one", async () => {
    const { attempt } = await oneQueued();
    await pool.query("UPDATE attempt SET lease_expires_at = clock_timestamp() + interval '5 s' WHERE id = $1", [
      attempt,
    ]);
    const old = await leaseOf(attempt);
    const resent = (await test.sync()).json.assignments;
    expect(resent[0].attempt_id).toBe(attempt);
    expect(await leaseOf(attempt)).toBe(old);
    // The status only informs: it was never reported as started, so its lease stays short.
    const held = [{ attempt_id: attempt, status: "running" }];
    const short = await test.sync({ held });
    expect((await leaseOf(attempt)) - Date.parse(short.json.server_time)).toBeGreaterThan(55_000);
    expect((await leaseOf(attempt)) - Date.parse(short.json.server_time)).toBeLessThan(65_000);
    await test.sync({ held, reports: [{ attempt_id: attempt, status: "running" }] });
    await pool.query("UPDATE attempt SET lease_expires_at = clock_timestamp() + interval '5 s' WHERE id = $1", [
      attempt,
    ]);
    const before = await leaseOf(attempt);
    const notListed = (await test.sync()).json;
    expect(notListed).toMatchObject({ assignments: [], lost: [], cancel: [] });
    expect(await leaseOf(attempt)).toBe(before);
    const long = await test.sync({ held });
    expect((await leaseOf(attempt)) - Date.parse(long.json.server_time)).toBeGreaterThan(295_000);
  });

  it("is lost where it is unknown or ended, except what a report in the same request ended", async () => {
    const { attempt } = await oneQueued();
    const unknown = randomUUID();
    const held = [
      { attempt_id: attempt, status: "running" },
      { attempt_id: unknown, status: "queued" },
      { attempt_id: "nonsense", status: "queued" },
    ];
    const reports = [{ attempt_id: attempt, status: "success" }];
    expect((await test.sync({ held, reports })).json.lost).toEqual([unknown, "nonsense"]);
    expect((await test.sync({ held, reports })).json.lost).toEqual([unknown, "nonsense"]);
    expect((await test.sync({ held })).json.lost).toEqual([attempt, unknown, "nonsense"]);
    const running = [{ attempt_id: attempt, status: "running" }];
    expect((await test.sync({ held, reports: running })).json.lost).toContain(attempt);
    const wrong = [{ attempt_id: attempt, status: "failed" }];
    expect((await test.sync({ held, reports: wrong })).json.lost).toContain(attempt);
  });

  it("does not bring a queued attempt again that a report names", async () => {
    const { attempt } = await oneQueued();
    const { json } = await test.sync({ reports: [{ attempt_id: attempt, status: "running" }], free_slots: 1 });
    expect(json.assignments).toEqual([]);
    expect((await test.sync({ free_slots: 1 })).json.assignments).toEqual([]);
  });
});

describe("cancel", () => {
  it("lists every cancel-requested attempt, with the reason, until it has ended", async () => {
    const run = await test.run({ a: [], b: [], c: [] });
    const given = (await test.sync({ free_slots: 3 })).json.assignments.map(
      (item: { attempt_id: string }) => item.attempt_id,
    );
    await test.post(`/workflow-runs/${run.id}/abort`, { reason: "wrong branch" });
    const { json } = await test.sync({ held: [{ attempt_id: given[0], status: "queued" }] });
    expect(json.cancel.map((order: { attempt_id: string }) => order.attempt_id).sort()).toEqual([...given].sort());
    for (const order of json.cancel) expect(order.reason).toBe("run aborted by test: wrong branch");
    // Never assigned again, although the runner does not have them.
    expect(json.assignments).toEqual([]);
    expect(await say(given[1], "canceled")).toEqual([{ accepted: true }]);
    const after = (await test.sync()).json.cancel.map((order: { attempt_id: string }) => order.attempt_id);
    expect(after.sort()).toEqual([given[0], given[2]].sort());
    expect((await test.task(run, "b")).status).toBe("canceled");
    const told = await test.sync({ reports: [{ attempt_id: given[0], status: "success" }] });
    expect(told.json.cancel.map((order: { attempt_id: string }) => order.attempt_id)).toEqual([given[2]]);
    expect((await test.get(`/workflow-runs/${run.id}`)).json).toMatchObject({ status: "aborted", settled: false });
    await say(given[2], "failed");
    expect((await test.get(`/workflow-runs/${run.id}`)).json).toMatchObject({
      status: "aborted",
      settled: true,
      counts: { success: 1, canceled: 1, failed: 1 },
    });
  });
});

describe("a token", () => {
  it("that is missing, wrong, an API token's, or revoked is 401", async () => {
    const revoked = await makeRunner(pool, test.teamId);
    await pool.query("UPDATE runner SET revoked_at = now() WHERE id = $1", [revoked.runnerId]);
    const { attempt } = await oneQueued();
    for (const token of [null, "x".repeat(20), test.apiToken, revoked.token])
      for (const path of ["/api/runner/sync", `/api/runner/attempts/${attempt}/logs`]) {
        const answer = await call("POST", path, { token, body: { runner: INSTANCE, entries: [] } });
        expect(answer).toMatchObject({ status: 401, json: { code: "unauthenticated" } });
        expect(answer.headers.get("content-type")).toBe("application/problem+json");
      }
  });

  it("of a runner opens nothing of REST", async () => {
    expect((await call("GET", "/api/v1/workflow-runs", { token: test.runnerToken })).status).toBe(401);
  });

  it("that is good does not help a request that is wrong: 422, 413", async () => {
    for (const body of [{ free_slots: -1 }, { wait_ms: 30_001 }, { reports: [{ status: "success" }] }, { held: {} }])
      expect(await test.sync(body)).toMatchObject({ status: 422, json: { code: "invalid_input" } });
    const huge = { token: test.runnerToken, raw: `{"x":"${"x".repeat(8 * 1024 * 1024)}"}` };
    expect((await call("POST", "/api/runner/sync", huge)).status).toBe(413);
  });
});
