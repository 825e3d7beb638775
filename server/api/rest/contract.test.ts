import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { TASK_STATUSES } from "../../core/status";
import { createPool } from "../../db/pool";
import { stopEngine } from "../../engine/engine";
import { call, makeTeam } from "../../testing/api-client";
import { type ProtocolTest, protocolTest } from "../../testing/runner-client";

// Every field that the documentation names, with its type, at every call that answers it.
const pool = createPool(process.env.DATABASE_URL ?? "");
afterAll(async () => {
  await stopEngine();
  await pool.end();
});
let test: ProtocolTest;
beforeEach(async () => {
  test = await protocolTest(pool);
});

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const ID = expect.stringMatching(/^[0-9a-f-]{36}$/);
const counts = (given: object) => ({ ...Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])), ...given });
const definition = { name: "two", steps: { a: { name: "First", run: "x" }, b: { run: "x", needs: "a" } } };

describe("a run", () => {
  it("has the same fields wherever it is answered", async () => {
    const template = (await test.post("/workflow-templates", definition)).json;
    const created = await test.post("/workflow-runs", { workflow_template_id: template.id });
    expect(created.status).toBe(201);
    const run = created.json;
    expect(run).toMatchObject({
      id: ID,
      number: 1,
      status: "created",
      settled: false,
      paused: false,
      dispatch: "manual",
      workflow_template_id: template.id,
      task_ids: [ID, ID],
      counts: counts({ created: 2 }),
      created_at: TIME,
      started_at: null,
      finished_at: null,
    });
    expect((await test.get(`/workflow-runs/${run.id}`)).json).toEqual(run);
    expect((await test.get("/workflow-runs")).json).toEqual({ items: [run], next_cursor: null });
    const switched = (await test.post(`/workflow-runs/${run.id}/dispatch-mode`, { dispatch: "auto" })).json;
    expect(switched).toMatchObject({
      status: "running",
      started_at: TIME,
      counts: counts({ created: 1, dispatched: 1 }),
    });
    const aborted = (await test.post(`/workflow-runs/${run.id}/abort`)).json;
    expect(aborted).toMatchObject({ status: "aborted", settled: true, finished_at: TIME });
    expect(Object.keys(aborted)).toEqual(Object.keys(run));
    expect((await test.get(`/workflow-runs/${run.id}`)).json).toEqual(aborted);
  });

  it("takes its mode from the request, else from the template, else it is manual", async () => {
    const auto = { ...definition, name: "auto", dispatch: "auto" };
    const template = (await test.post("/workflow-templates", auto)).json;
    const start = async (body: object) => (await test.post("/workflow-runs", body)).json.dispatch;
    expect(await start({ workflow_template_id: template.id })).toBe("auto");
    expect(await start({ workflow_template_id: template.id, dispatch: "manual" })).toBe("manual");
    expect(await start({ definition })).toBe("manual");
    expect(await start({ definition, dispatch: "auto", inputs: {} })).toBe("auto");
  });
});

describe("a task", () => {
  it("has the same fields in the list and alone, and shows what happened", async () => {
    const run = await test.run({ a: [], b: ["a"] }, { definition });
    const attempt = (await test.sync({ free_slots: 1 })).json.assignments[0].attempt_id;
    await test.sync({ reports: [{ attempt_id: attempt, status: "failed", exit_code: 7, reason: "it broke" }] });
    const { json } = await test.get(`/workflow-runs/${run.id}/tasks`);
    expect(json.next_cursor).toBeNull();
    expect(json.items).toMatchObject([
      {
        id: run.tasks.a,
        key: "a",
        name: "First",
        status: "failed",
        needs: [],
        attempt: 1,
        reason: "it broke",
        exit_code: 7,
        runner_id: test.runnerId,
        dispatched_at: TIME,
        started_at: TIME,
        finished_at: TIME,
      },
      { key: "b", name: "b", status: "created", needs: ["a"], attempt: 0 },
    ]);
    const alone = await test.task(run, "a");
    expect(alone).toMatchObject(json.items[0]);
  });
});

describe("events", () => {
  it("are numbered from 1 and say who did what to what", async () => {
    const run = await test.run({ a: [] }, { dispatch: "manual" });
    await test.post(`/workflow-runs/${run.id}/dispatch-ready`);
    const attempt = (await test.sync({ free_slots: 1 })).json.assignments[0].attempt_id;
    await test.sync({ reports: [{ attempt_id: attempt, status: "success", exit_code: 0 }] });
    const { items, next_after } = (await test.get(`/workflow-runs/${run.id}/events`)).json;
    expect(items.map((event: { type: string }) => event.type)).toEqual([
      "workflow_run.created",
      "task.dispatched",
      "workflow_run.running",
      "task.queued",
      "task.succeeded",
      "workflow_run.succeeded",
    ]);
    expect(next_after).toBe(6);
    for (const [index, event] of items.entries()) {
      expect(event).toMatchObject({ number: index + 1, at: TIME, data: expect.any(Object) });
      expect(Object.keys(event.actor)).toEqual(["type", "id", "name"]);
      expect("task_id" in event).toBe(event.type.startsWith("task."));
      if (event.task_id) expect(event).toMatchObject({ task_id: run.tasks.a, task_key: "a" });
    }
    expect(items.map((event: { actor: { type: string } }) => event.actor.type)).toEqual([
      "api_token",
      "api_token",
      "system",
      "runner",
      "runner",
      "system",
    ]);
    const page = (await test.get(`/workflow-runs/${run.id}/events?after=2&limit=3`)).json;
    expect(page).toEqual({ items: items.slice(2, 5), next_after: 5 });
    expect((await test.get(`/workflow-runs/${run.id}/events?limit=1000`)).status).toBe(200);
  });
});

describe("lists", () => {
  it("of runs are filtered by status and template, newest first, page by page", async () => {
    const template = (await test.post("/workflow-templates", definition)).json;
    const ofTemplate: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      ofTemplate.unshift((await test.post("/workflow-runs", { workflow_template_id: template.id })).json.id);
      await test.run({ a: [] });
    }
    const ids = async (query: string) => {
      const { json } = await test.get(`/workflow-runs?${query}`);
      return { ids: json.items.map((run: { id: string }) => run.id), next: json.next_cursor };
    };
    const filter = `status=created&workflow_template_id=${template.id}`;
    const first = await ids(`${filter}&limit=2`);
    expect(first.ids).toEqual(ofTemplate.slice(0, 2));
    expect(await ids(`${filter}&limit=2&cursor=${first.next}`)).toEqual({ ids: ofTemplate.slice(2), next: null });
    // A page that is exactly full is the last one.
    expect(await ids(`${filter}&limit=3`)).toEqual({ ids: ofTemplate, next: null });
    expect((await ids(`status=running&workflow_template_id=${template.id}`)).ids).toEqual([]);
    expect((await ids("status=running")).ids).toHaveLength(3);
    expect((await ids(`workflow_template_id=${randomUUID()}`)).ids).toEqual([]);
  });

  it("take a limit up to their own, and no more", async () => {
    const run = await test.run({ a: [] });
    for (const [path, max] of [
      ["/workflow-runs", 200],
      [`/workflow-runs/${run.id}/events`, 1_000],
      [`/workflow-runs/${run.id}/tasks`, 20_000],
      [`/tasks/${run.tasks.a}/logs`, 1_000],
    ] as const) {
      expect((await test.get(`${path}?limit=${max}`)).status).toBe(200);
      const more = await test.get(`${path}?limit=${max + 1}`);
      expect(more).toMatchObject({ status: 422, json: { code: "invalid_input", errors: [{ pointer: "/limit" }] } });
    }
  });
});

describe("a template", () => {
  it("has its fields, its steps in order and its version as ETag", async () => {
    const created = await test.post("/workflow-templates", definition);
    expect(created).toMatchObject({
      status: 201,
      json: {
        id: ID,
        name: "two",
        version: 1,
        steps: [
          { key: "a", name: "First", needs: [] },
          { key: "b", name: "b", needs: ["a"] },
        ],
      },
    });
    const read = await test.get(`/workflow-templates/${created.json.id}`);
    expect(read.json).toEqual(created.json);
    expect(read.headers.get("etag")).toBe('"1"');
    expect((await test.get(`/workflow-templates/${created.json.id}?version=1`)).headers.get("etag")).toBe('"1"');
    const twice = await test.post("/workflow-templates", definition);
    expect(twice).toMatchObject({ status: 409, json: { code: "name_taken" } });
  });

  it("is saved once when two of its name come at the same moment", async () => {
    const body = { ...definition, name: "race" };
    const answers = await Promise.all(Array.from({ length: 8 }, () => test.post("/workflow-templates", body)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(7).fill(409)]);
  });
});

describe("a runner", () => {
  it("is created with a token that works, and is listed with what it says of itself", async () => {
    const created = await test.post("/runners", { name: "builder" });
    expect(created).toMatchObject({ status: 201 });
    expect(Object.keys(created.json).sort()).toEqual(["id", "name", "token"]);
    expect((await test.sync({}, created.json.token)).status).toBe(200);
    const { items } = (await test.get("/runners")).json;
    expect(items.find((item: { id: string }) => item.id === created.json.id)).toMatchObject({
      name: "builder",
      online: true,
      labels: ["linux"],
      slots: 4,
      last_seen_at: TIME,
    });
  });
});

describe("a problem", () => {
  it("is application/problem+json with code, detail and the request's id", async () => {
    const stranger = await makeTeam(pool);
    const run = await test.run({ a: [] });
    const hidden = await call("GET", `/api/v1/workflow-runs/${run.id}`, { token: stranger.token });
    const missing = await call("GET", `/api/v1/workflow-runs/${randomUUID()}`, { token: stranger.token });
    expect({ ...hidden.json, request_id: "" }).toEqual({ ...missing.json, request_id: "" });
    for (const answer of [hidden, missing, await test.post("/workflow-runs", {})]) {
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.json).toMatchObject({
        type: expect.any(String),
        title: expect.any(String),
        status: answer.status,
        code: expect.stringMatching(/^[a-z_]+$/),
        detail: expect.any(String),
        request_id: answer.headers.get("x-request-id"),
      });
    }
  });
});
