import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPool } from "../../db/pool";
import { stopEngine } from "../../engine/engine";
import { call, makeTeam, type TestTeam } from "../../testing/api-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
let team: TestTeam;
let other: TestTeam;
beforeAll(async () => {
  team = await makeTeam(pool);
  other = await makeTeam(pool, "other");
});
afterAll(async () => {
  await stopEngine();
  await pool.end();
});

const PATH = "/api/v1/workflow-templates";
const diamond = (name: string) => ({
  name,
  description: "A diamond",
  steps: {
    top: { run: "true" },
    left: { run: "true", needs: "top" },
    right: { run: "true", needs: ["top"] },
    bottom: { name: "The end", run: "true", needs: ["left", "right"] },
  },
});
const yaml = { "content-type": "application/yaml" };

const cursorAt = (position: object) =>
  Buffer.from(JSON.stringify({ id: randomUUID(), ...position })).toString("base64url");

describe("POST /workflow-templates", () => {
  it("saves a definition given as JSON", async () => {
    const { status, json, headers } = await call("POST", PATH, { token: team.token, body: diamond("json one") });
    expect(status).toBe(201);
    expect(json).toMatchObject({ name: "json one", version: 1, description: "A diamond", dispatch: "manual" });
    expect(json.steps[3]).toEqual({ key: "bottom", name: "The end", needs: ["left", "right"] });
    expect(headers.get("etag")).toBe('"1"');
    expect(json.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("saves a definition given as YAML, and keeps its text", async () => {
    const raw = "name: yaml one # as written\nsteps:\n  only: { run: echo hi }\n";
    const { status, json } = await call("POST", PATH, { token: team.token, raw, headers: yaml });
    expect(status).toBe(201);
    expect(json).toMatchObject({ name: "yaml one", source: raw, format: "yaml" });
  });

  it("answers 409 for a name that an unarchived template of the team has, not for another team's", async () => {
    await call("POST", PATH, { token: team.token, body: diamond("taken") });
    const again = await call("POST", PATH, { token: team.token, body: diamond("taken") });
    expect(again).toMatchObject({ status: 409, json: { code: "name_taken", status: 409 } });
    expect((await call("POST", PATH, { token: other.token, body: diamond("taken") })).status).toBe(201);
  });

  it("answers 422 with every problem and its place", async () => {
    const raw = "name: bad\nsteps:\n  a: { run: x, needs: [b] }\n  c: { needs: [a] }\n";
    const { status, json, headers } = await call("POST", PATH, { token: team.token, raw, headers: yaml });
    expect(status).toBe(422);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(json.code).toBe("invalid_workflow");
    expect(json.errors.length).toBeGreaterThanOrEqual(2);
    expect(json.errors[0]).toMatchObject({ pointer: expect.stringMatching(/^\/steps/), line: expect.any(Number) });
  });

  it("takes an absent body as {}, and refuses other types, broken text and too much of it", async () => {
    expect(await call("POST", PATH, { token: team.token })).toMatchObject({
      status: 422,
      json: { code: "invalid_workflow" },
    });
    const wrongType = { token: team.token, raw: "name: x", headers: { "content-type": "text/html" } };
    expect((await call("POST", PATH, wrongType)).status).toBe(415);
    const notUtf8 = { token: team.token, raw: new Uint8Array([0x7b, 0xff, 0x7d]) };
    expect(await call("POST", PATH, notUtf8)).toMatchObject({ status: 422, json: { code: "invalid_input" } });
    const huge = { token: team.token, raw: " ".repeat(8 * 1024 * 1024 + 1), headers: yaml };
    expect(await call("POST", PATH, huge)).toMatchObject({ status: 413, json: { code: "too_large" } });
  });
});

describe("POST /workflow-templates/validate", () => {
  it("answers problems and measures, and saves nothing", async () => {
    const good = await call("POST", `${PATH}/validate`, { token: team.token, body: diamond("not saved") });
    expect(good.json).toEqual({ valid: true, problems: [], stats: { steps: 4, edges: 4, depth: 3, width: 2 } });
    const raw = "name: loop\nsteps:\n  a: { run: x, needs: b }\n  b: { run: x, needs: a }\n";
    const bad = await call("POST", `${PATH}/validate`, { token: team.token, raw, headers: yaml });
    expect(bad).toMatchObject({ status: 200, json: { valid: false } });
    expect(bad.json.problems[0]).toMatchObject({ code: expect.any(String), message: expect.stringContaining("a") });
    const { rows } = await pool.query("SELECT 1 FROM workflow_template WHERE name = 'not saved'");
    expect(rows).toEqual([]);
  });
});

describe("GET /workflow-templates", () => {
  it("lists the team's templates page by page", async () => {
    const own = await makeTeam(pool);
    for (const name of ["c", "a", "b"]) await call("POST", PATH, { token: own.token, body: diamond(name) });
    const first = await call("GET", `${PATH}?limit=2`, { token: own.token });
    expect(first.json.items.map((item: { name: string }) => item.name)).toEqual(["a", "b"]);
    const second = await call("GET", `${PATH}?limit=2&cursor=${first.json.next_cursor}`, { token: own.token });
    expect(second.json).toMatchObject({ items: [{ name: "c", version: 1, step_count: 4 }], next_cursor: null });
    expect((await call("GET", `${PATH}?limit=201`, { token: own.token })).status).toBe(422);
    for (const cursor of ["nonsense", ...[{ name: "\0" }, { name: "\ud800" }, { name: 3e9 }].map(cursorAt)])
      expect(await call("GET", `${PATH}?cursor=${cursor}`, { token: own.token })).toMatchObject({
        status: 422,
        json: { code: "invalid_input", errors: [{ pointer: "/cursor" }] },
      });
  });

  it("reads one in a version, with that version as its ETag", async () => {
    const { json } = await call("POST", PATH, { token: team.token, body: diamond("read me") });
    const one = await call("GET", `${PATH}/${json.id}`, { token: team.token });
    expect(one).toMatchObject({ status: 200, json: { id: json.id, version: 1 } });
    expect(one.headers.get("etag")).toBe('"1"');
    expect((await call("GET", `${PATH}/${json.id}?version=1`, { token: team.token })).status).toBe(200);
    expect((await call("GET", `${PATH}/${json.id}?version=2`, { token: team.token })).status).toBe(404);
    expect((await call("GET", `${PATH}/${json.id}?version=x`, { token: team.token })).status).toBe(422);
    expect((await call("GET", `${PATH}/${json.id}`, { token: other.token })).status).toBe(404);
    expect((await call("GET", `${PATH}/${randomUUID()}`, { token: team.token })).status).toBe(404);
    expect((await call("GET", `${PATH}/no-uuid`, { token: team.token })).status).toBe(404);
  });
});

describe("Idempotency-Key", () => {
  it("gives the first answer again, and refuses the key with another body", async () => {
    const given = { token: team.token, body: diamond("once"), headers: { "idempotency-key": "template-1" } };
    const first = await call("POST", PATH, given);
    const second = await call("POST", PATH, given);
    expect(second).toMatchObject({ status: 201, json: first.json });
    const reused = await call("POST", PATH, { ...given, body: diamond("twice") });
    expect(reused).toMatchObject({ status: 422, json: { code: "idempotency_key_reused" } });
    const bad = await call("POST", PATH, { ...given, headers: { "idempotency-key": "x".repeat(201) } });
    expect(bad).toMatchObject({ status: 422, json: { code: "invalid_input" } });
  });
});
