import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPool } from "../../db/pool";
import { startEngine, stopEngine } from "../../engine/engine";
import { call, makeRunner, makeTeam, type TestTeam } from "../../testing/api-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
let team: TestTeam;
let runner: { runnerId: string; token: string };
beforeAll(async () => {
  await startEngine();
  team = await makeTeam(pool);
  runner = await makeRunner(pool, team.teamId);
});
afterAll(async () => {
  await stopEngine();
  await pool.end();
});

const instance = { instance_id: "one", labels: ["linux"], slots: 1 };
const sync = (body: object, token = runner.token) =>
  call("POST", "/api/runner/sync", { token, body: { runner: instance, ...body } });
const logs = (attemptId: string, entries: object[], token = runner.token) =>
  call("POST", `/api/runner/attempts/${attemptId}/logs`, { token, body: { entries } });
const at = "2026-01-01T00:00:00.000Z";

describe("a runner", () => {
  it("is given a task, reports it, and its log can be read", async () => {
    const definition = { name: "one step", steps: { only: { run: "echo hi", "timeout-minutes": 1 } } };
    const body = { definition, dispatch: "auto" };
    const run = (await call("POST", "/api/v1/workflow-runs", { token: team.token, body })).json;
    const given = await sync({ free_slots: 1, wait_ms: 5_000 });
    expect(given.status).toBe(200);
    const [assignment] = given.json.assignments;
    expect(assignment).toMatchObject({
      run_id: run.id,
      run_number: run.number,
      key: "only",
      attempt: 1,
      spec: { run: "echo hi", shell: "bash", timeout_seconds: 60 },
    });
    const attempt = assignment.attempt_id;

    expect((await logs(attempt, [{ seq: 1, stream: "stdout", at, text: "h" }])).json).toEqual({ next_seq: 2 });
    const more = [
      { seq: 1, stream: "stdout", at, text: "ignored" },
      { seq: 2, stream: "stderr", at, text: "i\u0000\ud800\n" },
      { seq: 4, stream: "stdout", at, text: "behind a gap" },
    ];
    expect((await logs(attempt, more)).json).toEqual({ next_seq: 3 });

    const reports = [
      { attempt_id: attempt, status: "running", at },
      { attempt_id: attempt, status: "success", at, exit_code: 0, outputs: { rows: "12" } },
      { attempt_id: randomUUID(), status: "success" },
    ];
    const ended = await sync({ reports, free_slots: 1, unknown_field: "of a newer runner" });
    expect(ended.json.reports.map((answer: { accepted: boolean }) => answer.accepted)).toEqual([true, true, false]);
    expect(ended.json.reports[2].code).toBe("lease_lost");

    const task = await call("GET", `/api/v1/tasks/${run.task_ids[0]}`, { token: team.token });
    expect(task.json).toMatchObject({
      status: "success",
      exit_code: 0,
      outputs: { rows: "12" },
      runner_id: runner.runnerId,
    });
    const after = (await call("GET", `/api/v1/workflow-runs/${run.id}`, { token: team.token })).json;
    expect(after).toMatchObject({ status: "success", settled: true });

    const path = `/api/v1/tasks/${run.task_ids[0]}/logs`;
    const read = await call("GET", path, { token: team.token });
    expect(read.json).toMatchObject({
      items: [
        { seq: 1, stream: "stdout", at, text: "h" },
        { seq: 2, stream: "stderr", text: "i\ufffd\ufffd\n" },
      ],
      next_after: 2,
    });
    const text = await call("GET", path, { token: team.token, headers: { accept: "text/plain" } });
    expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(text.text).toBe("hi\ufffd\ufffd\n");
    expect((await call("GET", `${path}?after=1&limit=1`, { token: team.token })).json.items).toHaveLength(1);
  });

  it("answers at once what it cannot take: 404 for another's attempt, 422 for nonsense", async () => {
    const stranger = await makeRunner(pool, team.teamId);
    const { rows } = await pool.query<{ id: string }>("SELECT id FROM attempt LIMIT 1");
    expect((await logs(rows[0]?.id ?? "", [], stranger.token)).status).toBe(404);
    expect((await logs(randomUUID(), [])).status).toBe(404);
    expect((await logs("no-uuid", [])).status).toBe(404);
    expect((await sync({ wait_ms: 30_001 })).status).toBe(422);
    expect((await sync({ held: [{ attempt_id: "x", status: "sleeping" }] })).status).toBe(422);
  });

  it("may give times with any offset, of years that can be stored", async () => {
    const definition = { name: "times", steps: { only: { run: "x" } } };
    const body = { definition, dispatch: "auto" };
    const run = (await call("POST", "/api/v1/workflow-runs", { token: team.token, body })).json;
    const [assignment] = (await sync({ free_slots: 1, wait_ms: 5_000 })).json.assignments;
    const attempt = assignment.attempt_id;
    for (const wrong of [
      "nonsense",
      "0000-01-01T00:00:00Z",
      "1969-12-31T23:59:59Z",
      "9999-12-31T23:59:59-00:01",
      "2026-02-30T00:00:00Z",
    ])
      expect(await logs(attempt, [{ seq: 1, stream: "stdout", at: wrong, text: "x" }])).toMatchObject({
        status: 422,
        json: { code: "invalid_input", errors: [{ pointer: "/entries/0/at" }] },
      });
    const far = { seq: 1, stream: "stdout", at: "2026-01-01T00:00:00+23:59", text: "x" };
    expect((await logs(attempt, [far])).json).toEqual({ next_seq: 2 });
    const read = await call("GET", `/api/v1/tasks/${run.task_ids[0]}/logs`, { token: team.token });
    expect(read.json.items).toMatchObject([{ at: "2025-12-31T00:01:00.000Z" }]);
    await sync({ reports: [{ attempt_id: attempt, status: "success" }] });
  });

  it("is told that a newer instance has replaced it", async () => {
    expect((await sync({ runner: { ...instance, instance_id: "two" } })).status).toBe(200);
    expect(await sync({})).toMatchObject({ status: 409, json: { code: "runner_replaced" } });
  });

  it("needs nothing but a token", async () => {
    const bare = await makeRunner(pool, team.teamId);
    const { status, json } = await call("POST", "/api/runner/sync", { token: bare.token });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      reports: [],
      assignments: [],
      cancel: [],
      lost: [],
      lease_seconds: expect.any(Number),
    });
  });
});
