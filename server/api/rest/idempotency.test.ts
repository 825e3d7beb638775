import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { SCOPES } from "../../auth/policy";
import { createPool } from "../../db/pool";
import { stopEngine } from "../../engine/engine";
import { call, makeApiToken } from "../../testing/api-client";
import { type ProtocolTest, protocolTest } from "../../testing/runner-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
afterAll(async () => {
  await stopEngine();
  await pool.end();
});
let test: ProtocolTest;
beforeEach(async () => {
  test = await protocolTest(pool);
});

const RUNS = "/api/v1/workflow-runs";
const definition = { name: "once", steps: { zeta: { run: "x" }, alpha: { run: "x", needs: "zeta" } } };
const send = (key: string, given: { path?: string; body?: unknown; raw?: string; token?: string } = {}) =>
  call("POST", given.path ?? RUNS, {
    token: given.token ?? test.apiToken,
    headers: { "idempotency-key": key },
    ...(given.raw === undefined ? { body: given.body ?? { definition } } : { raw: given.raw }),
  });
const countRuns = async () =>
  Number((await pool.query("SELECT count(*) FROM workflow_run WHERE team_id = $1", [test.teamId])).rows[0].count);

describe("Idempotency-Key", () => {
  it("gives the first answer again, byte for byte, also when things have moved on", async () => {
    const first = await send("k");
    await test.post(`/workflow-runs/${first.json.id}/abort`);
    const again = await send("k");
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("content-type")).toBe(first.headers.get("content-type"));
    expect(await countRuns()).toBe(1);
    const path = `${RUNS}/${(await send("other run")).json.id}/dispatch-ready`;
    const dispatched = await send("k", { path, body: {} });
    expect((await send("k", { path, body: {} })).text).toBe(dispatched.text);
    const templates = "/api/v1/workflow-templates";
    const saved = await send("k", { path: templates, body: definition });
    const savedAgain = await send("k", { path: templates, body: definition });
    expect(savedAgain.text).toBe(saved.text);
    expect(savedAgain.headers.get("etag")).toBe(saved.headers.get("etag"));
  });

  it("is refused with another body, whatever else is the same", async () => {
    await send("k");
    for (const body of [
      { definition, title: "x" },
      { definition, dispatch: "auto" },
    ])
      expect(await send("k", { body })).toMatchObject({ status: 422, json: { code: "idempotency_key_reused" } });
    expect(await countRuns()).toBe(1);
  });

  it("takes an absent body for an empty object", async () => {
    const path = `${RUNS}/${(await send("make")).json.id}/dispatch-ready`;
    const first = await call("POST", path, { token: test.apiToken, headers: { "idempotency-key": "k" } });
    expect(first).toMatchObject({ status: 200, json: { dispatched: true } });
    for (const raw of ["{}", "", " \n"]) expect((await send("k", { path, raw })).text).toBe(first.text);
  });

  it("belongs to one token and one route", async () => {
    const own = await send("k");
    const theirs = await send("k", { token: await makeApiToken(pool, test.teamId, [...SCOPES]) });
    expect(theirs.status).toBe(201);
    expect(theirs.json.id).not.toBe(own.json.id);
    const saved = await send("k", { path: "/api/v1/workflow-templates", body: definition });
    expect(saved).toMatchObject({ status: 201, json: { name: "once" } });
  });

  it("is 409 while the first request is in progress", async () => {
    const run = (await send("make")).json;
    const path = `${RUNS}/${run.id}/dispatch-ready`;
    const holder = await pool.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM workflow_run WHERE id = $1 FOR UPDATE", [run.id]);
    const first = send("k", { path, body: {} });
    await expect
      .poll(async () => {
        const { rows } = await pool.query(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rows.length;
      })
      .toBe(1);
    const second = await send("k", { path, body: {} });
    expect(second).toMatchObject({ status: 409, json: { code: "idempotency_key_in_progress" } });
    expect(second.headers.get("retry-after")).toBe("1");
    await holder.query("ROLLBACK");
    holder.release();
    expect((await first).json.dispatched).toBe(true);
    expect((await send("k", { path, body: {} })).text).toBe((await first).text);
  });

  it("remembers no refusal: what was wrong may be mended and sent again", async () => {
    expect((await send("k", { body: { definition: { name: "x" } } })).status).toBe(422);
    expect((await send("k")).status).toBe(201);
  });

  it("is forgotten after 24 h", async () => {
    const first = await send("k");
    await pool.query("UPDATE idempotency_key SET created_at = now() - interval '23 h' WHERE key = 'k'");
    expect((await send("k")).json.id).toBe(first.json.id);
    await pool.query("UPDATE idempotency_key SET created_at = now() - interval '25 h' WHERE key = 'k'");
    const later = await send("k");
    expect(later.json.id).not.toBe(first.json.id);
    expect((await send("k")).json.id).toBe(later.json.id);
  });

  it("is 1 to 200 printable characters", async () => {
    for (const key of ["", "x".repeat(201), "ä"])
      expect(await send(key)).toMatchObject({ status: 422, json: { code: "invalid_input" } });
    expect((await send(randomUUID())).status).toBe(201);
  });
});
