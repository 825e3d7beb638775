import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Journal } from "./journal";
import { bootId } from "./process-table";
import { type Bench, isAlive, makeBench, until } from "./testing/start-runner";

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const pidOf = async (id: string) =>
  Number(await until(() => /pid=(\d+)/.exec(bench.server.text(id))?.[1], "the process"));

test("kill -9 and a restart: what ran is killed and reported as runner-lost, with its children", async () => {
  const first = bench.start();
  const id = bench.server.give(
    "setsid sleep 1000 >/dev/null 2>&1 & echo child=$! pid=$$; trap '' TERM PIPE; while :; do sleep 1; done",
  );
  const pid = await pidOf(id);
  const child = Number(/child=(\d+)/.exec(bench.server.text(id))?.[1]);
  first.child.kill("SIGKILL");
  await first.exited;
  expect(isAlive(child)).toBe(true);
  bench.start();
  expect(await until(() => bench.server.end(id), "the report")).toMatchObject({
    status: "failed",
    reason: "runner-lost",
  });
  expect([pid, child].filter(isAlive)).toEqual([]);
  const next = bench.server.give("true");
  expect(await until(() => bench.server.end(next), "the next end")).toMatchObject({ status: "success" });
});

test("a result that was not acknowledged survives kill -9 and is delivered as it was", async () => {
  const first = bench.start();
  const id = bench.server.give("sleep 0.3; exit 5");
  await until(() => bench.server.statuses(id).includes("running"), "the start");
  bench.server.fault = () => ({ status: 500 });
  await until(() => first.stderr().includes("failed (exit 5)"), "the end");
  first.child.kill("SIGKILL");
  await first.exited;
  bench.server.fault = () => null;
  bench.start();
  expect(await until(() => bench.server.end(id), "the report")).toMatchObject({ status: "failed", exit_code: 5 });
});

test("an attempt that was written down and never started is left to its lease; a torn last line is ignored", async () => {
  mkdirSync(bench.stateDir, { recursive: true });
  const line = (record: object) => `${JSON.stringify(record)}\n`;
  writeFileSync(
    path.join(bench.stateDir, "journal-earlier.jsonl"),
    line({ op: "assigned", id: "never-started", boot: bootId() }) +
      line({ op: "assigned", id: "was-starting", boot: bootId() }) +
      line({ op: "starting", id: "was-starting" }) +
      line({ op: "assigned", id: "before-the-reboot", boot: "another boot" }) +
      '{"op":"assig',
  );
  bench.start();
  await until(() => bench.server.reports.length >= 2, "the reports");
  expect(bench.server.reports.map((report) => [report.attempt_id, report.status, report.reason])).toEqual([
    ["was-starting", "failed", "runner-lost"],
    ["before-the-reboot", "failed", "runner-lost"],
  ]);
});

test("a process group that is not ours, by its start time and marker, is left alone", async () => {
  mkdirSync(bench.stateDir, { recursive: true });
  const pid = Number(execFileSync("bash", ["-c", "setsid sleep 1000 >/dev/null 2>&1 & echo $!"], { encoding: "utf8" }));
  const records = [
    { op: "assigned", id: "old", boot: bootId() },
    { op: "started", id: "old", group: pid, startTime: "1" },
  ];
  writeFileSync(
    path.join(bench.stateDir, "journal-earlier.jsonl"),
    records.map((record) => `${JSON.stringify(record)}\n`).join(""),
  );
  bench.start();
  await until(() => bench.server.end("old"), "the report");
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, "SIGKILL");
});

test("SIGTERM drains: no new work, the running step ends, everything is delivered, exit code 0", async () => {
  const runner = bench.start();
  const go = path.join(bench.directory, "go");
  const id = bench.server.give(`until [ -e ${go} ]; do sleep 0.05; done; echo finished`);
  await until(() => bench.server.statuses(id).includes("running"), "the start");
  runner.child.kill("SIGTERM");
  await until(() => bench.server.syncs.some((sync) => sync.runner?.state === "draining"), "the word draining");
  const second = bench.server.give("true");
  writeFileSync(go, "");
  expect(await runner.exited).toMatchObject({ code: 0 });
  expect(bench.server.end(id)).toMatchObject({ status: "success" });
  expect(bench.server.text(id)).toBe("finished\n");
  expect(bench.server.statuses(second)).toEqual([]);
});

test("a second signal stops the steps, which are reported as failed", async () => {
  const runner = bench.start();
  const id = bench.server.give("echo pid=$$; trap '' TERM; while :; do sleep 1; done");
  const pid = await pidOf(id);
  runner.child.kill("SIGTERM");
  await until(() => runner.stderr().includes("once more stops them"), "the first signal");
  const settledAt = performance.now() + 200;
  await until(() => performance.now() > settledAt, "the two signals to be two");
  runner.child.kill("SIGINT");
  expect(await runner.exited).toMatchObject({ code: 1 });
  expect(isAlive(pid)).toBe(false);
  expect(bench.server.end(id)).toMatchObject({ status: "failed", reason: "runner stopped" });
});

test("without a server and without work a signal ends the program quickly, and results stay on disk", async () => {
  const runner = bench.start();
  const id = bench.server.give("sleep 0.3");
  await until(() => bench.server.statuses(id).includes("running"), "the start");
  await bench.server.stop();
  await until(() => runner.stderr().includes(": success"), "the end");
  const asked = performance.now();
  runner.child.kill("SIGTERM");
  expect(await runner.exited).toMatchObject({ code: 0 });
  expect(performance.now() - asked).toBeLessThan(5_000);
  expect(runner.stderr()).toContain("kept on disk");
  await bench.server.restart();
  bench.start();
  expect(await until(() => bench.server.end(id), "the report")).toMatchObject({ status: "success" });
});

test("wrong flags and unreadable files end with one sentence and exit code 2", async () => {
  const cases: Array<[string[], RegExp]> = [
    [["--slots", "many"], /^--slots: "many" is not a whole number from 1 to 10000\.\n$/],
    [["--token-file", "/nowhere/token"], /^--token-file: cannot read \/nowhere\/token \(ENOENT\)\.\n$/],
    [["--colour"], /^Unknown option '--colour'/],
    [["--url", "ftp://x"], /^--url: "ftp:\/\/x" is not an http or https address\.\n$/],
    [["--state-dir", "/dev/null/state"], /^The state directory \/dev\/null\/state cannot be used/],
  ];
  for (const [flags, message] of cases) {
    const runner = bench.start(flags);
    expect(await runner.exited).toMatchObject({ code: 2 });
    expect(runner.stderr()).toMatch(message);
  }
});

const canMount = process.platform === "linux" && process.getuid?.() === 0;
test.skipIf(!canMount)(
  "a full disk fails attempts with disk-full, and the runner lives on when there is room again",
  async () => {
    mkdirSync(bench.stateDir);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", bench.stateDir], { stdio: "ignore" });
    } catch {
      // A container may not mount anything; the unit test of the spool covers the refusal itself.
      return;
    }
    try {
      const runner = bench.start();
      const id = bench.server.give("head -c 20000000 /dev/zero | tr '\\0' x; sleep 1000");
      bench.server.logFault = () => ({ status: 503 });
      expect(await until(() => bench.server.end(id), "the end")).toMatchObject({
        status: "failed",
        reason: "disk-full",
      });
      await until(() => bench.server.syncs.at(-1)?.free_slots === 0, "no room");
      bench.server.logFault = () => null;
      await until(() => bench.server.syncs.at(-1)?.free_slots === 4, "room again", 30_000);
      expect(runner.child.exitCode).toBeNull();
      const next = bench.server.give("true");
      expect(await until(() => bench.server.end(next), "the next end")).toMatchObject({ status: "success" });
      runner.child.kill("SIGKILL");
      await runner.exited;
    } finally {
      execFileSync("umount", ["-l", bench.stateDir]);
    }
  },
);

test("the journal is rewritten when it has grown, and loses nothing that is still needed", async () => {
  const directory = path.join(bench.directory, "journal");
  const journal = new Journal(directory, "one");
  const big = "x".repeat(9_000);
  journal.append({ op: "assigned", id: "kept", boot: "b" });
  journal.append({
    op: "ended",
    id: "kept",
    report: { attempt_id: "kept", status: "failed", reason: "exit 1" },
    at: 5,
  });
  for (let index = 0; index < 1_000; index += 1) {
    journal.append({ op: "assigned", id: `${index}`, boot: big });
    journal.append({ op: "forgotten", id: `${index}` });
  }
  await Promise.all([journal.sync(), journal.sync(), journal.sync()]);
  expect(readFileSync(path.join(directory, "journal-one.jsonl")).length).toBeLessThan(6_000_000);
  journal.close();
  const next = new Journal(directory, "two");
  expect([...next.entries.values()]).toEqual([
    {
      id: "kept",
      boot: "b",
      stage: "ended",
      report: { attempt_id: "kept", status: "failed", reason: "exit 1" },
      endedAt: 5,
    },
  ]);
  expect(existsSync(path.join(directory, "journal-one.jsonl"))).toBe(false);
  next.close();
  rmSync(directory, { recursive: true });
});
