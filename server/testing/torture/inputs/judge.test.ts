import { expect, describe as group, it } from "vitest";
import { createPool } from "../../../db/pool";
import { faultsOf } from "./judge";
import type { Answered, Sent } from "./sent";
import { findTargets } from "./targets";
import { RowWatch, type TouchedRow } from "./watch-rows";
import { CANARY, type World } from "./world";

const [target] = findTargets().filter(({ name }) => name === "POST /api/v1/runners");
const sent: Sent = {
  method: "POST",
  path: "/api/v1/runners",
  headers: [],
  body: Buffer.alloc(0),
  wire: "direct",
  changes: [],
  identity: "ours",
  isForeign: false,
};
const world = { ours: { teamId: "our-team", things: {} }, theirIds: new Set(["their-run"]) } as unknown as World;
const problem = { status: 422, code: "invalid_input", detail: "x", request_id: "r" };
const refused: Answered = {
  status: 422,
  contentType: "application/problem+json",
  requestId: "r",
  text: JSON.stringify(problem),
  isOurs: true,
};
const accepted: Answered = { ...refused, status: 201, contentType: "application/json", text: "{}" };
const row = (change: Partial<TouchedRow> = {}): TouchedRow => ({ table: "runner", op: "INSERT", row: {}, ...change });

function judge(answer: Answered, change: { sent?: Partial<Sent>; statuses?: number[]; touched?: TouchedRow[] } = {}) {
  if (!target) throw new Error("there is no such target");
  const { statuses = [answer.status], touched = [] } = change;
  return faultsOf({ target, valid: {}, sent: { ...sent, ...change.sent }, answer, statuses, touched, world });
}

group("an outcome", () => {
  it("is right when a refusal changes nothing, or what was accepted changes our rows", () => {
    expect(judge(refused)).toEqual([]);
    expect(judge(accepted, { touched: [row()] })).toEqual([]);
  });

  it.each([
    ["a 500", judge({ ...refused, status: 500 })],
    ["a 503 that nobody waited for", judge({ ...refused, status: 0, isOurs: false }, { statuses: [503] })],
    ["a changed row on a 422", judge(refused, { touched: [row()] })],
    ["a changed row by GET", judge({ ...accepted, status: 200 }, { sent: { method: "GET" }, touched: [row()] })],
    ["a row of another team", judge(accepted, { touched: [row({ row: { run_id: "their-run" } })] })],
    ["a change by who may only read", judge(accepted, { sent: { identity: "weak" }, touched: [row()] })],
    ["an accepted token that is nobody's", judge(accepted, { sent: { identity: "bad" } })],
    ["another team's id that is accepted", judge(accepted, { sent: { isForeign: true } })],
    ["another team's text", judge({ ...accepted, text: CANARY })],
    ["a refusal without a code", judge({ ...refused, text: JSON.stringify({ ...problem, code: undefined }) })],
    ["a refusal that is a page", judge({ ...refused, contentType: "text/html", text: "<p>" })],
  ])("is wrong with %s", (_, faults) => {
    expect(faults).toHaveLength(1);
  });
});

group("the watch over rows", () => {
  it("sees what was inserted, changed and deleted, and nothing that was rolled back, the same or in the background", async () => {
    const db = createPool(process.env.DATABASE_URL ?? "");
    const id = "00000000-0000-4000-8000-000000000001";
    const runner = "00000000-0000-4000-8000-000000000002";
    const rows = await RowWatch.start(db);
    const ops = async () => (await rows.take()).map(({ table, op }) => `${op} ${table}`);
    await db.query("INSERT INTO team (id, name) VALUES ($1, 'a')", [id]);
    await db.query("INSERT INTO runner (id, team_id, name, token_hash) VALUES ($1, $2, 'r', 'h')", [runner, id]);
    expect(await ops()).toEqual(["INSERT team", "INSERT runner"]);
    await db.query("UPDATE team SET name = 'a'");
    await db.query("UPDATE runner SET last_seen_at = now()");
    const tx = await db.connect();
    await tx.query("BEGIN");
    await tx.query("UPDATE team SET name = 'b'");
    await tx.query("ROLLBACK");
    tx.release();
    expect(await ops()).toEqual([]);
    await db.query("UPDATE team SET name = 'b'");
    await db.query("DELETE FROM team");
    expect((await ops()).sort()).toEqual(["DELETE runner", "DELETE team", "UPDATE team"]);
    await db.end();
  });
});
