import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createPool } from "../../db/pool";
import { getEngine, stopEngine } from "../../engine/engine";
import { type Answer, call } from "../../testing/api-client";
import { violationsOf } from "../../testing/check-run";
import { INSTANCE, type ProtocolTest, protocolTest } from "../../testing/runner-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
afterAll(async () => {
  await stopEngine();
  await pool.end();
});
let test: ProtocolTest;
beforeEach(async () => {
  test = await protocolTest(pool);
});

const DIAMOND = { top: [], left: ["top"], right: ["top"], bottom: ["left", "right"] };
const AT = "2026-01-01T00:00:00.000Z";

/** Everything of a run that a repeated request must not change; leases may be renewed. */
async function stateOf(runId: string): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT to_jsonb(r) AS run,
       (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.position) FROM task t WHERE t.run_id = r.id) AS tasks,
       (SELECT jsonb_agg(to_jsonb(a) - 'lease_expires_at' ORDER BY a.id) FROM attempt a WHERE a.run_id = r.id) AS attempts,
       (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.number) FROM event e WHERE e.run_id = r.id) AS events,
       (SELECT count(*) FROM log_entry l JOIN attempt a ON a.id = l.attempt_id WHERE a.run_id = r.id) AS log
     FROM workflow_run r WHERE r.id = $1`,
    [runId],
  );
  return rows[0];
}

/** Sends a request twice; the first answer is lost, and the second time nothing happens any more. */
async function twice(runId: string, send: () => Promise<Answer>): Promise<Answer> {
  const lost = await send();
  const before = await stateOf(runId);
  const answer = await send();
  expect(await stateOf(runId)).toEqual(before);
  expect(answer.status).toBe(lost.status);
  return answer;
}

/** A runner that holds to the protocol, with two slots; `send` decides what becomes of its requests. */
function makeTestRunner(send: (body: object) => Promise<Answer>) {
  const held = new Map<string, string>();
  const seen = new Set<string>();
  let ended: { attempt_id: string; status: string; exit_code?: number }[] = [];
  return {
    seen,
    /** One exchange: reports what it ended, takes what it is given, ends what it has. */
    async step(upload: (attempt: string) => Promise<void>): Promise<void> {
      const reports = [
        ...[...held].map(([attempt_id]) => ({ attempt_id, status: "running", at: AT })),
        ...ended.map((report) => ({ ...report, at: AT })),
      ];
      const answer = await send({
        runner: { ...INSTANCE, slots: 2 },
        held: [...held].map(([attempt_id, status]) => ({ attempt_id, status })),
        reports,
        free_slots: 2 - held.size,
        wait_ms: 0,
      });
      expect(answer.status).toBe(200);
      for (const said of answer.json.reports) expect(said).toEqual({ attempt_id: said.attempt_id, accepted: true });
      expect(answer.json.lost).toEqual([]);
      const running = [...held.keys()];
      ended = running.map((attempt_id) => ({ attempt_id, status: "success", exit_code: 0 }));
      for (const attempt of running) {
        await upload(attempt);
        held.delete(attempt);
      }
      for (const { attempt_id } of answer.json.assignments) {
        if (seen.has(attempt_id)) continue;
        seen.add(attempt_id);
        held.set(attempt_id, "queued");
      }
    },
  };
}

const logOf = (attempt: string) =>
  call("POST", `/api/runner/attempts/${attempt}/logs`, {
    token: test.runnerToken,
    body: { entries: [1, 2].map((seq) => ({ seq, stream: "stdout", at: AT, text: `line ${seq}\n` })) },
  });
const statusOf = async (runId: string) => (await test.get(`/workflow-runs/${runId}`)).json.status;

describe("every answer lost and every request repeated", () => {
  it("changes nothing, through a whole diamond", async () => {
    const run = await test.run(DIAMOND);
    const runner = makeTestRunner((body) => twice(run.id, () => test.sync(body)));
    const upload = async (attempt: string) => {
      expect((await twice(run.id, () => logOf(attempt))).json).toEqual({ next_seq: 3 });
    };
    for (let steps = 0; (await statusOf(run.id)) !== "success"; steps += 1) {
      expect(steps).toBeLessThan(20);
      await runner.step(upload);
    }
    expect(runner.seen.size).toBe(4);
    expect(await violationsOf(getEngine(), run.id)).toEqual([]);
    const { items } = (await test.get(`/workflow-runs/${run.id}/tasks`)).json;
    for (const task of items) expect(task).toMatchObject({ status: "success", attempt: 1, exit_code: 0 });
    const events = (await test.get(`/workflow-runs/${run.id}/events`)).json.items;
    expect(events).toHaveLength(1 + 1 + 4 * 4 + 1);
  });

  it("changes nothing in manual mode either, with an Idempotency-Key for every POST", async () => {
    const once = (path: string, body: object) => {
      const headers = { "idempotency-key": randomUUID() };
      return () => call("POST", `/api/v1${path}`, { token: test.apiToken, body, headers });
    };
    const steps = { a: { run: "true" }, b: { run: "true", needs: "a" } };
    const create = once("/workflow-runs", { definition: { name: "twice", steps } });
    const created = await create();
    expect((await create()).text).toBe(created.text);
    const runId = created.json.id;
    const runner = makeTestRunner((body) => twice(runId, () => test.sync(body)));
    for (let turn = 0; (await statusOf(runId)) !== "success"; turn += 1) {
      expect(turn).toBeLessThan(20);
      const dispatch = once(`/workflow-runs/${runId}/dispatch-ready`, {});
      const first = await dispatch();
      const again = await twice(runId, dispatch);
      expect(again.text).toBe(first.text);
      await runner.step(async () => {});
    }
    expect(runner.seen.size).toBe(2);
    expect(await violationsOf(getEngine(), runId)).toEqual([]);
  });

  it("gives no task twice when both come at the same moment and either answer is lost", async () => {
    for (let round = 0; round < 10; round += 1) {
      const run = await test.run(DIAMOND);
      const runner = makeTestRunner(async (body) => {
        const both = await Promise.all([test.sync(body), test.sync(body)]);
        const kept = both[round % 2];
        if (!kept) throw new Error("two were sent");
        return kept;
      });
      for (let steps = 0; (await statusOf(run.id)) !== "success"; steps += 1) {
        expect(steps).toBeLessThan(40);
        await runner.step(async () => {});
      }
      expect(runner.seen.size).toBe(4);
      expect(await violationsOf(getEngine(), run.id)).toEqual([]);
    }
  });
});

describe("twenty parallel dispatch-ready", () => {
  it("give every ready task once", async () => {
    const needs = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`t${index}`, []]));
    const run = await test.run({ ...needs, last: ["t0"] }, { dispatch: "manual" });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => test.post(`/workflow-runs/${run.id}/dispatch-ready`)),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200));
    const given = answers.filter((answer) => answer.json.dispatched).map((answer) => answer.json.task_id);
    expect(given.sort()).toEqual(
      Object.keys(needs)
        .map((key) => run.tasks[key])
        .sort(),
    );
    const refused = answers.filter((answer) => !answer.json.dispatched);
    expect(refused).toHaveLength(5);
    for (const answer of refused) expect(answer.json.reason).toBe("dependencies not satisfied");
    expect(await violationsOf(getEngine(), run.id)).toEqual([]);
  });

  it("with one Idempotency-Key dispatch one task", async () => {
    const run = await test.run({ a: [], b: [], c: [] }, { dispatch: "manual" });
    const headers = { "idempotency-key": randomUUID() };
    const path = `/api/v1/workflow-runs/${run.id}/dispatch-ready`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call("POST", path, { token: test.apiToken, body: {}, headers })),
    );
    const done = answers.filter((answer) => answer.status === 200);
    expect(new Set(done.map((answer) => answer.text)).size).toBe(1);
    for (const answer of answers)
      if (answer.status !== 200)
        expect(answer).toMatchObject({ status: 409, json: { code: "idempotency_key_in_progress" } });
    expect((await test.get(`/workflow-runs/${run.id}`)).json.counts).toMatchObject({ created: 2, dispatched: 1 });
  });
});
