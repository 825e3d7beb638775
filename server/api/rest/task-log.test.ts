import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createPool } from "../../db/pool";
import { stopEngine } from "../../engine/engine";
import { call, makeRunner } from "../../testing/api-client";
import { type ProtocolRun, type ProtocolTest, protocolTest } from "../../testing/runner-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
afterAll(async () => {
  await stopEngine();
  await pool.end();
});
let test: ProtocolTest;
let run: ProtocolRun;
let attempt: string;
beforeEach(async () => {
  test = await protocolTest(pool);
  run = await test.run({ a: [] });
  attempt = (await test.sync({ free_slots: 1 })).json.assignments[0].attempt_id;
});

const at = "2026-01-01T00:00:00.000Z";
const entry = (seq: number, text = `${seq};`, stream = "stdout") => ({ seq, stream, at, text });
const upload = (entries: object[], given: { attempt?: string; token?: string } = {}) =>
  call("POST", `/api/runner/attempts/${given.attempt ?? attempt}/logs`, {
    token: given.token ?? test.runnerToken,
    body: { entries },
  });
const read = (query = "", headers: Record<string, string> = {}) =>
  call("GET", `/api/v1/tasks/${run.tasks.a}/logs${query}`, { token: test.apiToken, headers });
const text = async (query = "") => (await read(query, { accept: "text/plain" })).text;

describe("POST /api/runner/attempts/{id}/logs", () => {
  it("stores what goes on without a gap, and says where to go on", async () => {
    expect((await upload([])).json).toEqual({ next_seq: 1 });
    expect((await upload([entry(2)])).json).toEqual({ next_seq: 1 });
    expect((await upload([entry(1), entry(2), entry(4)])).json).toEqual({ next_seq: 3 });
    expect((await upload([entry(1, "other"), entry(3), entry(2, "other")])).json).toEqual({ next_seq: 4 });
    expect(await text()).toBe("1;2;3;");
  });

  it("stores each entry once when uploads meet", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => upload([entry(1), entry(2), entry(3)])));
    expect(answers.map((answer) => answer.json)).toEqual(answers.map(() => ({ next_seq: 4 })));
    expect(await text()).toBe("1;2;3;");
  });

  it("keeps any text, with U+FFFD for NUL and lone surrogates", async () => {
    await upload([
      entry(1, "a\u0000b\ud800c\udc00"),
      entry(2, "no line end 😀"),
      entry(3, ""),
      entry(4, "\r\n", "stderr"),
    ]);
    expect(await text()).toBe("a\ufffdb\ufffdc\ufffdno line end 😀\r\n");
    const raw = '{"entries":[{"seq":5,"stream":"system","at":"2026-01-01T00:00:00Z","text":"\\ud83d"}]}';
    const path = `/api/runner/attempts/${attempt}/logs`;
    expect((await call("POST", path, { token: test.runnerToken, raw })).json).toEqual({ next_seq: 6 });
    expect((await read("?after=4")).json.items).toEqual([{ seq: 5, stream: "system", at, text: "\ufffd" }]);
  });

  it("is 404 for another runner's attempt and for unknown ones", async () => {
    const stranger = await makeRunner(pool, test.teamId);
    expect((await upload([entry(1)], { token: stranger.token })).status).toBe(404);
    expect((await upload([entry(1)], { attempt: randomUUID() })).status).toBe(404);
    expect((await upload([entry(1)], { attempt: "x" })).status).toBe(404);
    expect(await text()).toBe("");
  });

  it("is 422 for entries that are none", async () => {
    const wrong = [entry(0), { ...entry(1), stream: "out" }, { ...entry(1), at: "today" }, { seq: 1 }];
    for (const bad of wrong) expect((await upload([bad])).status).toBe(422);
    expect((await upload(Array.from({ length: 1_001 }, (_, n) => entry(n + 1, "")))).status).toBe(422);
  });

  it("is accepted for 24 h after the end, also of a lost attempt", async () => {
    await test.sync({ reports: [{ attempt_id: attempt, status: "success" }] });
    expect((await upload([entry(1)])).json).toEqual({ next_seq: 2 });
    const endedAgo = (hours: number) =>
      pool.query(
        "UPDATE attempt SET ended_by = 'server', ended_at = now() - make_interval(hours => $2) WHERE id = $1",
        [attempt, hours],
      );
    await endedAgo(23);
    expect((await upload([entry(2)])).json).toEqual({ next_seq: 3 });
    await endedAgo(25);
    expect((await upload([entry(3)])).status).toBe(404);
  });
});

describe("GET /tasks/{id}/logs", () => {
  it("pages by after and limit", async () => {
    await upload([entry(1), entry(2), entry(3)]);
    const first = await read("?limit=2");
    expect(first.json.items.map((item: { seq: number }) => item.seq)).toEqual([1, 2]);
    expect(first.json.next_after).toBe(2);
    expect((await read("?after=2&limit=2")).json).toMatchObject({ items: [{ seq: 3 }], next_after: 3 });
    expect((await read("?after=3")).json).toEqual({ items: [], next_after: 3 });
    expect(await text("?after=1&limit=1")).toBe("2;");
    expect((await read("?limit=1000")).status).toBe(200);
    for (const query of ["?limit=1001", "?limit=0", "?after=-1", "?attempt=0", "?attempt=x"])
      expect((await read(query)).status).toBe(422);
  });

  it("is the latest attempt's, or the one that is asked for", async () => {
    await upload([entry(1, "first try")]);
    await test.sync({ reports: [{ attempt_id: attempt, status: "submit-failed" }] });
    await test.post(`/workflow-runs/${run.id}/dispatch-ready`);
    const next = (await test.sync({ free_slots: 1 })).json.assignments[0];
    expect(next).toMatchObject({ key: "a", attempt: 2 });
    await upload([entry(1, "second try")], { attempt: next.attempt_id });
    expect(await text()).toBe("second try");
    expect(await text("?attempt=1")).toBe("first try");
    expect(await text("?attempt=2")).toBe("second try");
    expect((await read("?attempt=3")).status).toBe(404);
  });
});
