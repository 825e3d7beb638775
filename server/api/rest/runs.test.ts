import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TASK_STATUSES } from "../../core/status";
import { createPool } from "../../db/pool";
import { stopEngine } from "../../engine/engine";
import { call, makeTeam, type TestTeam } from "../../testing/api-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
let team: TestTeam;
beforeAll(async () => {
  team = await makeTeam(pool);
});
afterAll(async () => {
  await stopEngine();
  await pool.end();
});

const PATH = "/api/v1/workflow-runs";
const chain = { name: "chain", steps: { first: { run: "true" }, second: { run: "true", needs: "first" } } };
const post = (path: string, body?: unknown, headers?: Record<string, string>) =>
  call("POST", path, { token: team.token, ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) });
const get = (path: string) => call("GET", path, { token: team.token });
const newRun = async (more: object = {}) => (await post(PATH, { definition: chain, ...more })).json;

describe("POST /workflow-runs", () => {
  it("creates a run of a definition that comes along", async () => {
    const { status, json } = await post(PATH, { definition: chain, title: "Mine" });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      status: "created",
      settled: false,
      paused: false,
      dispatch: "manual",
      title: "Mine",
      workflow_template_id: null,
      started_at: null,
      finished_at: null,
    });
    expect(json.task_ids).toHaveLength(2);
    expect(Object.keys(json.counts).sort()).toEqual([...TASK_STATUSES].sort());
    expect(json.counts.created).toBe(2);
    expect(json.created_by).toMatchObject({ type: "api_token" });
  });

  it("creates a run of a definition in YAML, in auto mode", async () => {
    const definition = "name: y\nsteps: { a: { run: x } }\n";
    const { status, json } = await post(PATH, { definition, dispatch: "auto" });
    expect(status).toBe(201);
    expect(json).toMatchObject({ name: "y", dispatch: "auto", status: "running", counts: { dispatched: 1 } });
  });

  it("creates a run of a template, numbered in its team", async () => {
    const template = (await post("/api/v1/workflow-templates", { ...chain, name: "for runs" })).json;
    const one = (await post(PATH, { workflow_template_id: template.id })).json;
    const two = (await post(PATH, { workflow_template_id: template.id })).json;
    expect(one).toMatchObject({ workflow_template_id: template.id, workflow_template_version: 1 });
    expect(two.number).toBe(one.number + 1);
    const listed = await get(`${PATH}?workflow_template_id=${template.id}`);
    expect(listed.json.items.map((run: { id: string }) => run.id)).toEqual([two.id, one.id]);
  });

  it.each([
    ["nothing", {}, "/workflow_template_id"],
    ["both", { definition: chain, workflow_template_id: randomUUID() }, "/definition"],
    ["an unknown field", { definition: chain, speed: 1 }, "/speed"],
    ["a wrong mode", { definition: chain, dispatch: "fast" }, "/dispatch"],
    ["an input", { definition: chain, inputs: { date: "x" } }, "/inputs/date"],
    ["a NUL", { definition: chain, title: "a\u0000b" }, "/title"],
    ["half a surrogate pair", { definition: chain, title: "\ud800" }, "/title"],
    ["a broken definition", { definition: { name: "x", steps: { a: {} } } }, "/definition/steps/a"],
  ])("answers 422 for %s", async (_, body, pointer) => {
    const { status, json } = await post(PATH, body);
    expect(status).toBe(422);
    expect(json.errors[0].pointer).toContain(pointer);
  });

  it("answers 404 for a template that is not there", async () => {
    expect((await post(PATH, { workflow_template_id: randomUUID() })).status).toBe(404);
    expect((await post(PATH, { workflow_template_id: "nonsense" })).status).toBe(404);
  });

  it("creates one run for one Idempotency-Key, also when both requests come at once", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const both = await Promise.all([1, 2].map(() => post(PATH, { definition: chain }, headers)));
    const answers = [...both, await post(PATH, { definition: chain }, headers)];
    const created = answers.filter((answer) => answer.status === 201);
    expect(new Set(created.map((answer) => answer.json.id)).size).toBe(1);
    for (const answer of answers) expect([201, 409]).toContain(answer.status);
    expect((await post(PATH, { definition: chain, title: "other" }, headers)).json.code).toBe("idempotency_key_reused");
  });
});

describe("GET /workflow-runs", () => {
  it("pages newest first, without gaps or repeats", async () => {
    const own = await makeTeam(pool);
    for (let n = 0; n < 5; n++) await call("POST", PATH, { token: own.token, body: { definition: chain } });
    const numbers: number[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page = await call("GET", `${PATH}?limit=2${cursor && `&cursor=${cursor}`}`, { token: own.token });
      numbers.push(...page.json.items.map((run: { number: number }) => run.number));
      cursor = page.json.next_cursor;
    }
    expect(numbers).toEqual([5, 4, 3, 2, 1]);
  });

  it("filters by status", async () => {
    await newRun();
    const created = await get(`${PATH}?status=created`);
    expect(new Set(created.json.items.map((run: { status: string }) => run.status))).toEqual(new Set(["created"]));
    expect(created.json.items[0].task_ids).toHaveLength(2);
    expect((await get(`${PATH}?status=success`)).json.items).toEqual([]);
  });

  it.each(["limit=201", "limit=0", "limit=x", "status=done", "cursor=%20", "limit=1&limit=2"])(
    "answers 422 for %s",
    async (query) => expect((await get(`${PATH}?${query}`)).status).toBe(422),
  );
});

describe("one run", () => {
  it("lists its tasks in template order", async () => {
    const run = await newRun();
    const { json } = await get(`${PATH}/${run.id}/tasks`);
    expect(json.next_cursor).toBeNull();
    expect(json.items.map((task: { id: string }) => task.id)).toEqual(run.task_ids);
    expect(json.items[1]).toMatchObject({
      key: "second",
      status: "created",
      needs: ["first"],
      attempt: 0,
      reason: null,
      exit_code: null,
      runner_id: null,
      dispatched_at: null,
      started_at: null,
      finished_at: null,
    });
    const page = await get(`${PATH}/${run.id}/tasks?limit=1`);
    expect(page.json.items).toHaveLength(1);
    const rest = await get(`${PATH}/${run.id}/tasks?limit=1&cursor=${page.json.next_cursor}`);
    expect(rest.json).toMatchObject({ items: [{ key: "second" }], next_cursor: null });
    expect((await get(`${PATH}/${run.id}/tasks?limit=20001`)).status).toBe(422);
  });

  it("says why each task does not run", async () => {
    const run = await newRun();
    const { json } = await get(`${PATH}/${run.id}/plan`);
    expect(json.ready).toMatchObject([{ task_id: run.task_ids[0], key: "first" }]);
    expect(json.blocked).toMatchObject([
      { task_id: run.task_ids[1], reasons: [{ code: "waiting_for", keys: ["first"] }] },
    ]);
  });

  it("dispatches what is ready, and says why nothing was dispatched", async () => {
    const run = await newRun();
    const first = await post(`${PATH}/${run.id}/dispatch-ready`);
    expect(first).toMatchObject({
      status: 200,
      json: {
        run_id: run.id,
        dispatched: true,
        task_id: run.task_ids[0],
        task_ids: [run.task_ids[0]],
        tasks: [{ key: "first", status: "dispatched" }],
      },
    });
    expect(first.json.blocked.map((task: { key: string }) => task.key)).toEqual(["first", "second"]);
    const second = await post(`${PATH}/${run.id}/dispatch-ready`, {});
    expect(second.json).toMatchObject({ dispatched: false, reason: "dependencies not satisfied" });
    expect(second.json.task_id).toBeUndefined();
  });

  it.each([
    ["an unknown key", { keys: ["nothing"] }],
    ["a limit of none", { limit: 0 }],
    ["limit and keys", { limit: 1, keys: ["first"] }],
    ["an unknown field", { task: "first" }],
  ])("dispatch-ready answers 422 for %s", async (_, body) => {
    const run = await newRun();
    expect((await post(`${PATH}/${run.id}/dispatch-ready`, body)).status).toBe(422);
  });

  it("gives the same dispatch again for the same key", async () => {
    const run = await newRun();
    const headers = { "idempotency-key": "dispatch" };
    const first = await post(`${PATH}/${run.id}/dispatch-ready`, {}, headers);
    expect((await post(`${PATH}/${run.id}/dispatch-ready`, {}, headers)).json).toEqual(first.json);
    const elsewhere = await newRun();
    expect((await post(`${PATH}/${elsewhere.id}/dispatch-ready`, {}, headers)).json.run_id).toBe(elsewhere.id);
  });

  it("switches the mode and dispatches in the same step", async () => {
    const run = await newRun();
    const { status, json } = await post(`${PATH}/${run.id}/dispatch-mode`, { dispatch: "auto" });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: run.id, dispatch: "auto", status: "running", counts: { dispatched: 1 } });
    expect((await post(`${PATH}/${run.id}/dispatch-mode`, {})).status).toBe(422);
  });

  it("is aborted once and for all", async () => {
    const run = await newRun();
    const aborted = await post(`${PATH}/${run.id}/abort`, { reason: "enough" });
    expect(aborted).toMatchObject({ status: 200, json: { status: "aborted", settled: true, counts: { canceled: 2 } } });
    expect((await post(`${PATH}/${run.id}/abort`)).status).toBe(200);
    const dispatch = await post(`${PATH}/${run.id}/dispatch-ready`);
    expect(dispatch).toMatchObject({ status: 409, json: { code: "run_aborted" } });
    expect((await post(`${PATH}/${run.id}/dispatch-mode`, { dispatch: "auto" })).status).toBe(409);
  });

  it("tells its events in order", async () => {
    const run = await newRun();
    await post(`${PATH}/${run.id}/dispatch-ready`);
    const { json } = await get(`${PATH}/${run.id}/events`);
    expect(json.items.map((event: { number: number }) => event.number)).toEqual(
      json.items.map((_: unknown, index: number) => index + 1),
    );
    expect(json.items[0]).toMatchObject({ type: "workflow_run.created", actor: { type: "api_token", name: "test" } });
    expect(json.items[0].task_id).toBeUndefined();
    const dispatched = json.items.find((event: { type: string }) => event.type === "task.dispatched");
    expect(dispatched).toMatchObject({ task_id: run.task_ids[0], task_key: "first" });
    expect(json.next_after).toBe(json.items.length);
    const rest = await get(`${PATH}/${run.id}/events?after=1&limit=1`);
    expect(rest.json).toMatchObject({ items: [{ number: 2 }], next_after: 2 });
    expect((await get(`${PATH}/${run.id}/events?after=999`)).json).toEqual({ items: [], next_after: 999 });
    expect((await get(`${PATH}/${run.id}/events?limit=1001`)).status).toBe(422);
    expect((await get(`${PATH}/${run.id}/events?after=-1`)).status).toBe(422);
  });
});

describe("a task", () => {
  it("is read and canceled", async () => {
    const run = await newRun();
    const path = `/api/v1/tasks/${run.task_ids[0]}`;
    expect((await get(path)).json).toMatchObject({
      key: "first",
      run_id: run.id,
      spec: { run: "true", shell: "bash" },
    });
    const canceled = await post(`${path}/cancel`, { reason: "not now" });
    expect(canceled).toMatchObject({ status: 200, json: { status: "canceled" } });
    expect((await post(`${path}/cancel`)).status).toBe(200);
    expect((await get(`${path}/logs`)).json).toEqual({ items: [], next_after: 0 });
    expect((await get(`${path}/logs?attempt=1`)).status).toBe(404);
    expect((await get(`${path}/logs?limit=1001`)).status).toBe(422);
  });
});
