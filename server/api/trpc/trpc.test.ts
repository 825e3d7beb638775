import { randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import superjson from "superjson";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createPool } from "../../db/pool";
import { startEngine, stopEngine } from "../../engine/engine";
import { call, makeMember, makeTeam, type TestTeam } from "../../testing/api-client";
import { handleTrpc } from "./handler";
import { refuseUnusableInput } from "./refuse-unusable-input";

process.env.AUTH_SECRET = "a secret for tests only";
const ORIGIN = "http://127.0.0.1:3000";
const pool = createPool(process.env.DATABASE_URL ?? "");
let team: TestTeam;
let other: TestTeam;
let operator: string;
let viewer: string;
let stranger: string;

beforeAll(async () => {
  await startEngine();
  team = await makeTeam(pool);
  other = await makeTeam(pool, "other");
  operator = await cookieOf(team.teamId, "operator");
  viewer = await cookieOf(team.teamId, "viewer");
  stranger = await cookieOf(other.teamId, "owner");
});
afterAll(async () => {
  await stopEngine();
  await pool.end();
});

async function cookieOf(teamId: string, role: string): Promise<string> {
  const { userId } = await makeMember(pool, teamId, role);
  const secret = "a secret for tests only";
  return `next-auth.session-token=${await encode({ token: { sub: userId }, secret })}`;
}

const ours = { host: "127.0.0.1:3000", origin: ORIGIN, "content-type": "application/json" };

// biome-ignore lint/suspicious/noExplicitAny: a test reads answers as any program would.
async function answerOf(response: Response): Promise<{ status: number; data: any; error: any }> {
  const body = await response.json();
  return {
    status: response.status,
    data: body.result ? superjson.deserialize(body.result.data) : null,
    error: body.error ? superjson.deserialize(body.error) : body,
  };
}

async function mutate(path: string, input: unknown, cookie: string, headers: Record<string, string> = ours) {
  const body = JSON.stringify(superjson.serialize(input));
  const request = new Request(`${ORIGIN}/api/trpc/${path}`, { method: "POST", headers: { ...headers, cookie }, body });
  return answerOf(await handleTrpc(request));
}

async function query(path: string, input: unknown, cookie: string) {
  const text = encodeURIComponent(JSON.stringify(superjson.serialize(input)));
  const request = new Request(`${ORIGIN}/api/trpc/${path}?input=${text}`, { headers: { cookie } });
  return answerOf(await handleTrpc(request));
}

const definition = { name: "t", steps: { a: { run: "x" }, b: { run: "x", needs: "a" }, c: { run: "x" } } };

describe("a member", () => {
  it("creates, dispatches, watches and aborts a run", async () => {
    const created = await mutate("runs.create", { definition }, operator);
    expect(created).toMatchObject({ status: 200, data: { status: "created", created_by: { name: "The operator" } } });
    const runId = created.data.id;
    const dispatched = await mutate("runs.dispatchReady", { runId, request: {} }, operator);
    expect(dispatched.data).toMatchObject({ dispatched: true, tasks: [{ key: "a" }] });
    expect((await query("runs.get", { number: created.data.number }, viewer)).data.status).toBe("running");
    expect((await query("runs.list", {}, viewer)).data.items[0].id).toBe(runId);
    expect((await query("runs.plan", { runId }, viewer)).data.blocked).toHaveLength(2);
    const tasks = (await query("runs.tasks", { runId }, viewer)).data.items;
    expect((await query("tasks.get", { taskId: tasks[0].id }, viewer)).data.spec.run).toBe("x");
    expect((await query("tasks.logs", { taskId: tasks[0].id }, viewer)).data.items).toEqual([]);
    expect((await mutate("runs.setDispatchMode", { runId, dispatch: "auto" }, operator)).data.dispatch).toBe("auto");
    expect((await mutate("tasks.cancel", { taskId: tasks[0].id }, operator)).data.status).toBe("canceled");
    expect((await mutate("runs.abort", { runId, reason: "done" }, operator)).data.status).toBe("aborted");
    const refused = await mutate("runs.dispatchReady", { runId, request: {} }, operator);
    expect(refused).toMatchObject({ status: 409, error: { data: { appCode: "run_aborted" } } });
    expect(refused.error.data.requestId).toBeTruthy();
    expect((await query("runs.events", { runId }, viewer)).data.items[0].number).toBe(1);
  });

  it("saves and reads templates and sees runners", async () => {
    const source = "name: by trpc\nsteps: { a: { run: x } }\n";
    expect((await mutate("templates.validate", { source }, viewer)).data.valid).toBe(true);
    const saved = await mutate("templates.create", { source }, operator);
    expect((await query("templates.get", { templateId: saved.data.id }, viewer)).data.source).toBe(source);
    expect((await query("templates.list", {}, viewer)).data.items).toHaveLength(1);
    expect((await query("runners.list", undefined, viewer)).data.items).toEqual([]);
    const broken = await mutate("templates.create", { source: "name: x\nsteps: {}\n" }, operator);
    expect(broken).toMatchObject({ status: 422, error: { data: { appCode: "invalid_workflow" } } });
    expect(broken.error.data.errors[0]).toHaveProperty("pointer");
  });

  it("is told which fields are wrong, without anything from inside", async () => {
    const bad = await mutate("runs.create", { definition, dispatch: "fast" }, operator);
    expect(bad).toMatchObject({ status: 422, error: { data: { appCode: "invalid_input" } } });
    expect(bad.error.data.errors[0].pointer).toBe("/dispatch");
    expect(bad.error.data.stack).toBeUndefined();
  });
});

describe("values that the database does not take", () => {
  const refused = { status: 422, error: { data: { appCode: "invalid_input" } } };

  it("are refused where they are read", async () => {
    const id = randomUUID();
    for (const [path, input] of [
      ["templates.list", { after: { name: "\0", id } }],
      ["templates.list", { after: { name: "\ud800", id } }],
      ["runs.list", { before: 3e9 }],
      ["runs.events", { runId: id, after: 3e9 }],
      ["screens.runs", { cursor: 3e9 }],
      ["screens.run", { number: 3e9 }],
      ["screens.runHistory", { runId: id, cursor: 3e9 }],
      ["screens.log", { taskId: id, attempt: 3e9 }],
      ["screens.log", { taskId: id, after: 3e9 }],
      ["screens.log", { taskId: id, before: 3e9 }],
    ] as const)
      expect(await query(path, input, viewer)).toMatchObject(refused);
    expect((await query("tasks.get", { taskId: "\0" }, viewer)).status).toBeOneOf([404, 422]);
  });

  it("are refused where something changes, and a definition keeps its large numbers", async () => {
    const env = { BIG: 3_000_000_000 };
    const created = await mutate("runs.create", { definition: { ...definition, env } }, operator);
    expect(created.status).toBe(200);
    const runId = created.data.id;
    for (const request of [{ keys: ["\0"] }, { keys: ["\udc00"] }, { limit: 3e9 }])
      expect(await mutate("runs.dispatchReady", { runId, request }, operator)).toMatchObject(refused);
    expect(await mutate("runs.abort", { runId, reason: "\0" }, operator)).toMatchObject(refused);
    const inName = { ...definition, name: "\ud800" };
    expect(await mutate("runs.create", { definition: inName }, operator)).toMatchObject(refused);
  });

  it("are refused when they never end", async () => {
    const own: Record<string, unknown> = { name: "x" };
    own.steps = own;
    expect(await mutate("runs.create", { definition: own }, operator)).toMatchObject(refused);
    let many: unknown[] = [];
    for (let level = 0; level < 40; level++) many = [many, many];
    expect(() => refuseUnusableInput({ many })).toThrow("more than 5000000 values");
  });
});

describe("input that cannot be read", () => {
  it("is refused and is no error of the server's in the log", async () => {
    const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const torn = () =>
      new ReadableStream({
        pull: (controller) => controller.error(Object.assign(new Error("aborted"), { code: "ECONNRESET" })),
      });
    for (const body of ['{"json":', '{"json":{"runId":1},"meta":{"values":["nope"]}}', torn()]) {
      const init = { method: "POST", headers: { ...ours, cookie: operator }, body, duplex: "half" } as RequestInit;
      const answer = await answerOf(await handleTrpc(new Request(`${ORIGIN}/api/trpc/runs.abort`, init)));
      expect(answer).toMatchObject({ error: { data: { httpStatus: 422, appCode: "invalid_input" } } });
    }
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});

describe("whoever may not", () => {
  it("is 401 without a session", async () => {
    const nobody = await query("runs.list", {}, "");
    expect(nobody).toMatchObject({ status: 401, error: { data: { appCode: "unauthenticated" } } });
  });

  it("is 403 with a role that only reads", async () => {
    const run = (await mutate("runs.create", { definition }, operator)).data;
    for (const [path, input] of [
      ["runs.create", { definition }],
      ["runs.abort", { runId: run.id }],
      ["runs.dispatchReady", { runId: run.id, request: {} }],
      ["runs.setDispatchMode", { runId: run.id, dispatch: "auto" }],
      ["templates.create", { source: "name: x\nsteps: { a: { run: x } }" }],
    ] as const) {
      const { status, error } = await mutate(path, input, viewer);
      expect(status).toBe(403);
      expect(error.message).toContain("Your role is viewer");
    }
  });

  it("finds nothing of another team, whatever the role", async () => {
    const run = (await mutate("runs.create", { definition }, operator)).data;
    const foreignViewer = await cookieOf(other.teamId, "viewer");
    for (const cookie of [stranger, foreignViewer]) {
      expect((await mutate("runs.abort", { runId: run.id }, cookie)).status).toBe(404);
      expect((await query("runs.tasks", { runId: run.id }, cookie)).status).toBe(404);
      expect((await query("runs.plan", { runId: run.id }, cookie)).status).toBe(404);
      expect((await query("runs.events", { runId: run.id }, cookie)).status).toBe(404);
      expect((await query("runs.list", {}, cookie)).data.items).toEqual([]);
      for (const [path, input] of [
        ["screens.runGraph", { runId: run.id }],
        ["screens.runTasks", { runId: run.id }],
        ["screens.runHistory", { runId: run.id }],
        ["screens.reasons", { runId: run.id, taskIds: [] }],
      ] as const)
        expect((await query(path, input, cookie)).status).toBe(404);
    }
    expect((await query("runs.plan", { runId: randomUUID() }, operator)).status).toBe(404);
    expect((await query("runs.plan", { runId: "x" }, operator)).status).toBe(404);
  });

  it("cannot change anything from another page", async () => {
    const { origin: _, ...noOrigin } = ours;
    expect((await mutate("runs.create", { definition }, operator, noOrigin)).status).toBe(403);
    const evil = { ...ours, origin: "http://evil.example" };
    expect((await mutate("runs.create", { definition }, operator, evil)).status).toBe(403);
    expect((await mutate("runs.create", { definition }, operator, { ...ours, origin: "null" })).status).toBe(403);
    const form = { ...ours, "content-type": "text/plain" };
    expect((await mutate("runs.create", { definition }, operator, form)).status).toBe(415);
    expect((await query("runs.create", { definition }, operator)).status).toBe(405);
  });
});

describe("runs.changes", () => {
  it("streams batches of events and resumes after the last one", async () => {
    const run = (await call("POST", "/api/v1/workflow-runs", { token: team.token, body: { definition } })).json;
    const leave = new AbortController();
    const text = encodeURIComponent(JSON.stringify(superjson.serialize({ runId: run.id, lastEventId: "1" })));
    const request = new Request(`${ORIGIN}/api/trpc/runs.changes?input=${text}`, {
      headers: { cookie: viewer, accept: "text/event-stream" },
      signal: leave.signal,
    });
    const response = await handleTrpc(request);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await mutate("runs.dispatchReady", { runId: run.id, request: {} }, operator);
    let seen = "";
    while (!/task\.dispatched[\s\S]*\nid: ?\d+/.test(seen)) seen += (await reader?.read())?.value ?? "";
    expect(seen).not.toContain("workflow_run.created");
    leave.abort();
  });
});
