import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "./free-port.mjs";
import { startedAt } from "./process-table.mjs";
import { RealStart } from "./testing/real-start";
import { until } from "./testing/until";

/** Long after which nobody waits any more; shorter than the sleeps of the steps. */
const GRACE_MS = 2_000;
let server: RealStart;

beforeAll(async () => {
  server = new RealStart(await freePort("127.0.0.1", 3_400));
  await server.start();
}, 240_000);

afterAll(() => server.close());

/** Three rows of three steps, each row after the whole one before: some work is under way at every moment. */
function rows() {
  const names = ["a", "b", "c"];
  return Object.fromEntries(
    [0, 1, 2].flatMap((row) =>
      names.map((name) => {
        const needs = row === 0 ? [] : names.map((one) => `${one}${row - 1}`);
        return [`${name}${row}`, { run: "sleep 1", needs }];
      }),
    ),
  );
}

async function expectEachOnce(runId: string): Promise<void> {
  const tasks = await server.tasks(runId);
  expect(tasks.map(({ status, attempt }) => [status, attempt])).toEqual(tasks.map(() => ["success", 1]));
  const events = await server.events(runId);
  expect(events.map(({ number }) => number)).toEqual(events.map((_event, index) => index + 1));
  expect(events.filter(({ type }) => type === "task.running")).toHaveLength(tasks.length);
}

async function untilRunning(runId: string, key: string): Promise<void> {
  await until(`${key} to run`, async () =>
    (await server.tasks(runId)).some((task) => task.key === key && task.status === "running"),
  );
}

test("the first start runs hello to success, in its order", async () => {
  const hello = await until("the run of hello", async () => {
    const { items } = await server.call<{ items: { id: string }[] }>("GET", "/workflow-runs");
    return items[0] ?? false;
  });
  expect(await server.settled(hello.id)).toMatchObject({ status: "success" });
  const ends = (await server.events(hello.id)).filter(({ type }) => type === "task.succeeded");
  expect(ends.map(({ task_key }) => task_key).toSorted()).toEqual(["finish", "left", "prepare", "right"]);
  expect([ends[0]?.task_key, ends[3]?.task_key]).toEqual(["prepare", "finish"]);
});

test("kill -9 of the web process in the middle of a run: every step still runs once", async () => {
  const runId = await server.run(rows());
  await untilRunning(runId, "a1");
  const killed = server.kill("web");
  expect(await server.settled(runId)).toMatchObject({ status: "success" });
  await expectEachOnce(runId);
  expect(server.pid("web")).not.toBe(killed);
});

test("kill -9 of every process of PostgreSQL in the middle of a run: every step still runs once", async () => {
  const runId = await server.run(rows());
  await untilRunning(runId, "a1");
  const killed = server.kill("postgres");
  expect(await server.settled(runId)).toMatchObject({ status: "success" });
  await expectEachOnce(runId);
  expect(server.pid("postgres")).not.toBe(killed);
});

test("kill -9 of the runner: what ran is runner-lost within 10 s and its processes are gone, the rest goes on", async () => {
  const slot = { run: "echo pid=$$; sleep 1000" };
  const waiting = { run: "true" };
  const runId = await server.run({
    l1: slot,
    l2: slot,
    l3: slot,
    l4: slot,
    w1: waiting,
    w2: { ...waiting, needs: ["w1"] },
  });
  const pids = (await Promise.all(["l1", "l2", "l3", "l4"].map((key) => server.pidsOf(runId, key, 1)))).flat();
  const before = performance.now();
  server.kill("runner");
  await until(
    "the loss to be reported",
    async () => (await server.tasks(runId)).filter((task) => task.reason === "runner-lost").length === 4,
  );
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(await server.settled(runId)).toMatchObject({ status: "failed" });
  const statuses = Object.fromEntries((await server.tasks(runId)).map(({ key, status }) => [key, status]));
  expect(statuses).toEqual({ l1: "failed", l2: "failed", l3: "failed", l4: "failed", w1: "success", w2: "success" });
  await until("the processes to end", () => pids.every((pid) => startedAt(pid) === null));
});

test("abort of sleep 1000 with a grandchild that does not listen leaves no process after grace + 2 s", async () => {
  const family =
    "trap '' TERM; echo pid=$$; bash -c 'trap \"\" TERM; echo pid=$$; sleep 1000; true' & sleep 1000; wait";
  const runId = await server.run({ stubborn: { run: family }, after: { run: "true", needs: ["stubborn"] } });
  const pids = await server.pidsOf(runId, "stubborn", 2);
  const before = performance.now();
  await server.call("POST", `/workflow-runs/${runId}/abort`, { reason: "test" });
  await until("the processes to end", () => pids.every((pid) => startedAt(pid) === null));
  expect(performance.now() - before).toBeLessThan(GRACE_MS + 2_000);
  expect(await server.settled(runId)).toMatchObject({ status: "aborted" });
  expect((await server.tasks(runId)).map(({ status }) => status)).toEqual(["canceled", "canceled"]);
});

/** What a process has used of the processor so far, in seconds. */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

test("kill -9 of npm start itself: the web process that nobody reads any more stays calm, and a new start takes over", async () => {
  const web = server.pid("web");
  await server.crash();
  // It complains of that, into a pipe without a reader.
  server.kill("postgres");
  await until("the database to be missed", async () => !(await fetch(`http://127.0.0.1:${server.port}/readyz`)).ok);
  const [used, since] = [processorSeconds(web), performance.now()];
  await until("two seconds to pass", () => performance.now() - since > 2_000);
  expect(processorSeconds(web) - used).toBeLessThan(1);
  await server.start();
  expect(server.pid("web")).not.toBe(web);
  const runId = await server.run({ again: { run: "true" } });
  expect(await server.settled(runId)).toMatchObject({ status: "success" });
});

test("Ctrl-C ends everything within 5 s, also with an open stream and a running step; a second start goes on", async () => {
  const runId = await server.run({ long: { run: "echo pid=$$; sleep 1000 & echo pid=$!; wait" } });
  const pids = await server.pidsOf(runId, "long", 2);
  const stream = await server.fetch(`/workflow-runs/${runId}/stream`);
  const streamEnds = stream.text().then(
    () => "ended",
    () => "broken",
  );
  const { ms, code } = await server.interrupt();
  expect({ code, survivors: server.survivors() }).toEqual({ code: 0, survivors: [] });
  expect(ms).toBeLessThan(5_000);
  expect(pids.filter((pid) => startedAt(pid) !== null)).toEqual([]);
  expect(["ended", "broken"]).toContain(await streamEnds);

  const before = performance.now();
  await server.start();
  expect(performance.now() - before).toBeLessThan(20_000);
  expect(server.said()).not.toContain("production build");
  expect(await server.settled(runId)).toMatchObject({ status: "failed" });
});
