import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createPool } from "../../db/pool";
import { stopEngine } from "../../engine/engine";
import { call, makeApiToken, makeRunner, makeTeam, type TestTeam } from "../../testing/api-client";
import { handleRest } from "./router";
import { ROUTES } from "./routes";

const pool = createPool(process.env.DATABASE_URL ?? "");
let team: TestTeam;
let other: TestTeam;
const ids: Record<string, string> = {};

beforeAll(async () => {
  team = await makeTeam(pool);
  other = await makeTeam(pool, "canary of the other team");
  const definition = { name: "canary workflow", steps: { canary: { run: "true" } } };
  const template = await call("POST", "/api/v1/workflow-templates", { token: other.token, body: definition });
  const run = await call("POST", "/api/v1/workflow-runs", { token: other.token, body: { definition } });
  ids.template = template.json.id;
  ids.run = run.json.id;
  ids.task = run.json.task_ids[0];
  ids.runner = (await makeRunner(pool, other.teamId)).runnerId;
});
afterAll(async () => {
  await stopEngine();
  await pool.end();
});

const closed = ROUTES.filter((route) => route.policy !== "public");
const withSubject = ROUTES.filter((route) => route.subject !== undefined);
const name = (route: { method: string; path: string }) => `${route.method} ${route.path}`;
const fill = (path: string, id: string) => path.replace("{id}", id);

describe("identity", () => {
  it.each(closed.map((route) => [name(route), route] as const))("%s is 401 without a valid token", async (_, route) => {
    const path = fill(route.path, randomUUID());
    for (const token of [null, "null", "short", `swy_api_${"x".repeat(43)}`, "x".repeat(500)]) {
      const { status, json, headers } = await call(route.method, path, { token });
      expect(status).toBe(401);
      expect(json.code).toBe("unauthenticated");
      expect(headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  it("does not take a runner's token for the API, nor an API token for a runner's", async () => {
    const runner = await makeRunner(pool, team.teamId);
    expect((await call("GET", "/api/v1/workflow-runs", { token: runner.token })).status).toBe(401);
    expect((await call("POST", "/api/runner/sync", { token: team.token, body: {} })).status).toBe(401);
  });
});

describe("another team's things", () => {
  it.each(withSubject.map((route) => [name(route), route] as const))("%s is 404", async (_, route) => {
    const path = fill(route.path, ids[route.subject ?? ""] ?? "");
    const readOnly = await makeApiToken(pool, team.teamId, ["read"]);
    for (const token of [team.token, readOnly])
      for (const raw of [undefined, '{"unknown_field": 1}']) {
        const withBody = raw !== undefined && route.method !== "GET" ? { raw } : {};
        const { status, json, text } = await call(route.method, path, { token, ...withBody });
        expect(status).toBe(404);
        expect(json.code).toBe("not_found");
        expect(text).not.toContain("canary");
      }
    expect((await call(route.method, fill(route.path, "no-uuid"), { token: team.token })).status).toBe(404);
    expect((await call(route.method, fill(route.path, randomUUID()), { token: team.token })).status).toBe(404);
  });

  it("are in no list", async () => {
    for (const list of ["workflow-templates", "workflow-runs", "runners"]) {
      const { text } = await call("GET", `/api/v1/${list}`, { token: team.token });
      expect(Object.values(ids).filter((id) => text.includes(id))).toEqual([]);
      expect(text).not.toContain("canary");
    }
    const filtered = await call("GET", `/api/v1/workflow-runs?workflow_template_id=${ids.template}`, {
      token: team.token,
    });
    expect(filtered.json.items).toEqual([]);
    const body = { workflow_template_id: ids.template };
    expect((await call("POST", "/api/v1/workflow-runs", { token: team.token, body })).status).toBe(404);
  });
});

describe("scopes", () => {
  it.each(closed.filter((route) => route.policy !== "runner.protocol").map((route) => [name(route), route] as const))(
    "%s is 403 without its scope",
    async (_, route) => {
      const token = await makeApiToken(pool, other.teamId, []);
      const { status, json } = await call(route.method, fill(route.path, ids[route.subject ?? ""] ?? ""), { token });
      expect(status).toBe(403);
      expect(json).toMatchObject({ code: "forbidden", detail: expect.stringContaining("scope") });
    },
  );
});

describe("every answer", () => {
  it("carries a request id and is not stored", async () => {
    const given = await call("GET", "/healthz", { headers: { "x-request-id": "my-id_1" } });
    expect(given.headers.get("x-request-id")).toBe("my-id_1");
    expect(given.headers.get("cache-control")).toBe("no-store");
    expect(given.headers.get("x-content-type-options")).toBe("nosniff");
    const refused = await call("GET", "/api/v1/workflow-runs", { headers: { "x-request-id": "a b\tc" } });
    expect(refused.headers.get("x-request-id")).toBe(refused.json.request_id);
    expect(refused.json.request_id).not.toContain(" ");
  });

  it("has no body for HEAD, also where GET is a stream", async () => {
    const path = `/api/v1/workflow-runs/${ids.run}`;
    for (const what of [path, `${path}/stream`]) {
      const head = await call("HEAD", what, { token: other.token });
      expect(head).toMatchObject({ status: 200, text: "" });
    }
  });

  it("is 404 for an unknown path and 405 with Allow for a wrong method, both as problems", async () => {
    const unknown = await call("GET", "/api/v1/nothing", { token: team.token });
    expect(unknown).toMatchObject({ status: 404, json: { code: "not_found", title: "Not found", status: 404 } });
    const wrong = await call("DELETE", "/api/v1/workflow-runs", { token: team.token });
    expect(wrong).toMatchObject({ status: 405, json: { code: "method_not_allowed" } });
    expect(wrong.headers.get("allow")).toBe("POST, GET, HEAD");
    expect(wrong.headers.get("content-type")).toBe("application/problem+json");
  });

  it("is 415, 413 or 422 for bodies that cannot be read", async () => {
    const path = "/api/v1/workflow-runs";
    const form = { token: team.token, raw: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } };
    expect(await call("POST", path, form)).toMatchObject({ status: 415, json: { code: "unsupported_media_type" } });
    const abort = `/api/v1/workflow-runs/${ids.run}/abort`;
    const huge = { token: other.token, raw: JSON.stringify({ reason: "x".repeat(1024 * 1024) }) };
    expect(await call("POST", abort, huge)).toMatchObject({ status: 413, json: { code: "too_large" } });
    for (const raw of ['{"reason": }', "[]", '"text"', "[".repeat(5_000), '{"__proto__": 1}']) {
      const { status, json } = await call("POST", abort, { token: other.token, raw });
      expect(status).toBe(422);
      expect(json.code).toBe("invalid_input");
    }
  });
});

describe("a body that is cut off", () => {
  it("is the sender's mistake, not a lost database, and is not in the log", async () => {
    const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"name": ')),
      pull: (controller) => controller.error(Object.assign(new Error("aborted"), { code: "ECONNRESET" })),
    });
    const headers = { authorization: `Bearer ${team.token}`, "content-type": "application/json" };
    const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
    const answer = await handleRest(new Request("http://127.0.0.1:3000/api/v1/runners", init));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      code: "invalid_input",
      detail: "The body ended before its announced length.",
    });
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});

describe("health", () => {
  it("needs no token", async () => {
    expect(await call("GET", "/healthz")).toMatchObject({ status: 200, json: { status: "ok" } });
    expect(await call("GET", "/readyz")).toMatchObject({ status: 200, json: { status: "ready" } });
  });

  it("is not ready while a migration is missing", async () => {
    await pool.query("UPDATE _prisma_migrations SET rolled_back_at = now()");
    const missing = await call("GET", "/readyz");
    await pool.query("UPDATE _prisma_migrations SET rolled_back_at = NULL");
    expect(missing).toMatchObject({ status: 503, json: { code: "unavailable" } });
    expect(missing.headers.get("retry-after")).toBe("2");
  });
});

describe("runners", () => {
  it("are created with a token that is shown once, listed, and revoked", async () => {
    const own = await makeTeam(pool);
    const created = await call("POST", "/api/v1/runners", { token: own.token, body: { name: "builder" } });
    expect(created).toMatchObject({
      status: 201,
      json: { name: "builder", token: expect.stringMatching(/^swy_run_/) },
    });
    const listed = await call("GET", "/api/v1/runners", { token: own.token });
    expect(listed.json.items).toMatchObject([{ id: created.json.id, name: "builder", online: false }]);
    expect(listed.text).not.toContain(created.json.token);
    expect((await call("POST", "/api/v1/runners", { token: own.token, body: {} })).status).toBe(422);
    expect((await call("DELETE", `/api/v1/runners/${created.json.id}`, { token: own.token })).status).toBe(204);
    expect((await call("DELETE", `/api/v1/runners/${created.json.id}`, { token: own.token })).status).toBe(404);
    expect((await call("POST", "/api/runner/sync", { token: created.json.token, body: {} })).status).toBe(401);
  });
});
