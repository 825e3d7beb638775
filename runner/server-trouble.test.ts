import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fault } from "./testing/fake-server";
import { type Bench, isAlive, makeBench, until } from "./testing/start-runner";

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const lines = (file: string) => readFileSync(file, "utf8").trim().split("\n").length;

test("with every second answer lost, reset, garbled or refused, each step runs once and is reported once in order", async () => {
  bench.start();
  const faults: Fault[] = [
    "lose-answer",
    "reset",
    { status: 500 },
    { status: 502, body: "<html>" },
    { status: 429 },
    { status: 200, body: "" },
    { status: 200, body: "{}" },
  ];
  let asked = 0;
  bench.server.fault = () => {
    asked += 1;
    return asked % 2 === 1 ? (faults[((asked - 1) / 2) % faults.length] ?? null) : null;
  };
  const ledger = path.join(bench.directory, "ledger");
  const ids = Array.from({ length: 12 }, () => bench.server.give(`echo "$SWITCHYARD_ATTEMPT_ID" >> ${ledger}`));
  await until(() => ids.every((id) => bench.server.end(id)), "all ends", 50_000);
  expect(lines(ledger)).toBe(12);
  for (const id of ids) expect(bench.server.statuses(id)).toEqual(["running", "success"]);
});

test("an assignment that is sent again is not started again", async () => {
  bench.start();
  const ledger = path.join(bench.directory, "ledger");
  let isLosing = true;
  bench.server.fault = (request) => (isLosing && (request.free_slots ?? 0) > 0 ? "lose-answer" : null);
  const id = bench.server.give(`echo x >> ${ledger}; sleep 0.3`);
  await until(() => bench.server.syncs.length > 2, "some lost answers");
  isLosing = false;
  await until(() => bench.server.end(id), "the end");
  expect(lines(ledger)).toBe(1);
});

test("a report does not wait for the request that the server holds, and a stopped runner finds its lease gone", async () => {
  bench.server.lease = { lease_seconds: 2, running_lease_seconds: 2 };
  const runner = bench.start();
  const go = path.join(bench.directory, "go");
  const short = bench.server.give(`until [ -e ${go} ]; do sleep 0.01; done`);
  const long = bench.server.give("echo pid=$$; exec sleep 1000");
  const pid = Number(await until(() => /pid=(\d+)/.exec(bench.server.text(long))?.[1], "the process"));
  await until(() => (bench.server.syncs.at(-1)?.wait_ms ?? 0) > 500, "a waiting request");
  writeFileSync(go, "");
  await until(() => bench.server.end(short), "the end", 450);
  runner.child.kill("SIGSTOP");
  const stoppedAt = performance.now();
  await until(() => performance.now() - stoppedAt > 3_000, "more than a lease");
  runner.child.kill("SIGCONT");
  await until(() => !isAlive(pid), "the end of the process", 2_500);
  expect(bench.server.end(long)).toBeUndefined();
});

test("the server away: work goes on, results are kept and delivered when it is back", async () => {
  bench.start();
  const ledger = path.join(bench.directory, "ledger");
  const id = bench.server.give(`sleep 0.5; echo done >> ${ledger}; echo output`);
  await until(() => bench.server.statuses(id).includes("running"), "the start");
  await bench.server.stop();
  await until(
    () => readFileSync(path.join(bench.stateDir, journalName()), "utf8").includes('"ended"'),
    "the end on disk",
  );
  const again = bench.server;
  await again.restart();
  expect(await until(() => again.end(id), "the report", 30_000)).toMatchObject({ status: "success" });
  await until(() => again.text(id) === "output\n", "the log", 30_000);
});

test("a lease that runs out stops the process, and nothing is reported about it", async () => {
  bench.server.lease = { lease_seconds: 1.5, running_lease_seconds: 1.5 };
  bench.start();
  const id = bench.server.give("echo pid=$$; exec sleep 1000");
  const pid = Number(await until(() => /pid=(\d+)/.exec(bench.server.text(id))?.[1], "the process"));
  // Renewed by the syncs, it outlives its first lease by far.
  const renewedUntil = performance.now() + 3_000;
  await until(() => performance.now() > renewedUntil, "two leases");
  expect(isAlive(pid)).toBe(true);
  bench.server.fault = () => ({ status: 500 });
  const cutAt = performance.now();
  await until(() => !isAlive(pid), "the end of the process");
  expect(performance.now() - cutAt).toBeLessThan(4_000);
  bench.server.fault = () => null;
  const syncs = bench.server.syncs.length;
  await until(() => bench.server.syncs.length > syncs + 1, "two more syncs", 20_000);
  expect(bench.server.statuses(id)).toEqual(["running"]);
  expect(bench.server.syncs.at(-1)?.held).toEqual([]);
});

test("lease_lost for running stops the process quietly", async () => {
  bench.server.accepts = (report) => report.status !== "running";
  // Not before the step has said who it is: it may be stopped before its first word.
  bench.server.fault = (request) => (request.reports?.length ? { status: 503 } : null);
  bench.start();
  const id = bench.server.give("echo pid=$$; exec sleep 1000");
  const pid = Number(await until(() => /pid=(\d+)/.exec(bench.server.text(id))?.[1], "the process"));
  bench.server.fault = () => null;
  await until(() => !isAlive(pid), "the end of the process");
  expect(bench.server.end(id)).toBeUndefined();
});

test("401: no new work, processes end, results are kept on disk, and a person is told", async () => {
  const runner = bench.start();
  const id = bench.server.give("sleep 0.5");
  await until(() => bench.server.statuses(id).includes("running"), "the start");
  bench.server.fault = () => ({
    status: 401,
    body: JSON.stringify({ code: "unauthenticated", detail: "the token was revoked" }),
  });
  bench.server.poke();
  await until(() => runner.stderr().includes("does not accept this runner's token"), "the message");
  await until(
    () => readFileSync(path.join(bench.stateDir, journalName()), "utf8").includes('"ended"'),
    "the end on disk",
  );
  const asked = bench.server.syncs.length;
  runner.child.kill("SIGTERM");
  expect(await runner.exited).toMatchObject({ code: 0 });
  expect(bench.server.syncs.length).toBe(asked);
  bench.server.fault = () => null;
  bench.start();
  expect(await until(() => bench.server.end(id), "the report")).toMatchObject({ status: "success" });
});

test("409 runner_replaced: the program ends at once and leaves its processes alone", async () => {
  const runner = bench.start();
  const id = bench.server.give("echo pid=$$; exec sleep 1000 >/dev/null 2>&1");
  const pid = Number(await until(() => /pid=(\d+)/.exec(bench.server.text(id))?.[1], "the process"));
  bench.server.fault = () => ({ status: 409, body: JSON.stringify({ code: "runner_replaced" }) });
  bench.server.poke();
  bench.server.give("true");
  runner.child.kill("SIGTERM");
  expect(await runner.exited).toMatchObject({ code: 3 });
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, "SIGKILL");
});

test("422 for a report: it is not repeated as it is, others still arrive, and the step is reported as failed", async () => {
  const runner = bench.start();
  bench.server.fault = (request) =>
    request.reports?.some((report) => report.reason?.startsWith("exit 9"))
      ? { status: 422, body: JSON.stringify({ code: "invalid_input" }) }
      : null;
  const bad = bench.server.give("exit 9");
  const good = bench.server.give("exit 0");
  expect(await until(() => bench.server.end(good), "the good end")).toMatchObject({ status: "success" });
  expect(await until(() => bench.server.end(bad), "the bad end")).toMatchObject({
    status: "failed",
    reason: expect.stringContaining("refused"),
  });
  expect(runner.stderr()).toContain("the server refuses its report");
});

function journalName(): string {
  return readdirSync(bench.stateDir).find((name) => name.endsWith(".jsonl")) ?? "";
}
