import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bench, isAlive, makeBench, TOKEN, until } from "./testing/start-runner";

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const pidsIn = (text: string) => [...text.matchAll(/pid=(\d+)/g)].map((match) => Number(match[1]));

test("a step runs in a fresh directory with a clean environment and reports running, then its end", async () => {
  bench.start([], { DATABASE_URL: "postgres://canary", AUTH_SECRET: "canary", SWITCHYARD_INIT_API_TOKEN: "canary" });
  const id = bench.server.give(
    'ls -A | wc -l; env; echo "$SWITCHYARD_RUN_NUMBER/$SWITCHYARD_TASK_KEY/$SWITCHYARD_ATTEMPT"',
    {
      env: { GREETING: "hello", SWITCHYARD_RUN_ID: "forged" },
    },
  );
  await until(() => bench.server.text(id).includes("7/step-1/1"), "the log");
  const text = bench.server.text(id);
  expect(text.startsWith("0\n")).toBe(true);
  expect(text).toContain("GREETING=hello");
  expect(text).toContain("SWITCHYARD_RUN_ID=run-1");
  expect(text).toContain("PATH=");
  expect(text).not.toContain("canary");
  expect(text).not.toContain(TOKEN);
  await until(() => bench.server.end(id), "the end");
  expect(bench.server.statuses(id)).toEqual(["running", "success"]);
  expect(bench.server.end(id)?.exit_code).toBe(0);
});

test("bash stops at the first failing command and fails with a failing pipe; sh too stops; exit codes and signals are told", async () => {
  bench.start();
  const ids = {
    pipe: bench.server.give("false | true; echo not-reached"),
    sh: bench.server.give("exit 7", { shell: "sh" }),
    signal: bench.server.give("kill -KILL $$"),
  };
  const end = (id: string) => until(() => bench.server.end(id), "the end");
  expect(await end(ids.pipe)).toMatchObject({ status: "failed", exit_code: 1, reason: "exit 1" });
  expect(await end(ids.sh)).toMatchObject({ status: "failed", exit_code: 7, reason: "exit 7" });
  expect(await end(ids.signal)).toMatchObject({ status: "failed", reason: "signal SIGKILL" });
});

test("what cannot be started is reported as submit-failed with a reason", async () => {
  bench.start(["--root", bench.directory]);
  const missing = bench.server.give("true", { working_directory: path.join(bench.directory, "nowhere") });
  const outside = bench.server.give("true", { working_directory: "/etc" });
  const escaping = bench.server.give("true", { working_directory: "../../.." });
  const noShell = bench.server.give("true", { env: { PATH: "/nonexistent" } });
  const allowed = bench.server.give("pwd", { working_directory: bench.directory });
  const end = (id: string) => until(() => bench.server.end(id), "the end");
  expect(await end(missing)).toMatchObject({ status: "submit-failed", reason: expect.stringContaining("ENOENT") });
  expect(await end(outside)).toMatchObject({ status: "submit-failed", reason: expect.stringContaining("--root") });
  expect(await end(escaping)).toMatchObject({ status: "submit-failed", reason: expect.stringContaining("leads out") });
  expect(await end(noShell)).toMatchObject({ status: "submit-failed", reason: "bash is not installed on this runner" });
  expect(await end(allowed)).toMatchObject({ status: "success" });
  expect(bench.server.statuses(missing)).toEqual(["submit-failed"]);
});

test("a script longer than one argument may be still runs", async () => {
  bench.start();
  const id = bench.server.give(`# ${"x".repeat(200_000)}\necho long`);
  await until(() => bench.server.text(id) === "long\n", "the log");
  expect(await until(() => bench.server.end(id), "the end")).toMatchObject({ status: "success" });
});

test("cancel ends the whole group: TERM first, KILL after the grace, also for what ignores TERM or left the group", async () => {
  bench.start();
  const id = bench.server.give(
    `(trap '' TERM; echo pid=$BASHPID; while :; do sleep 1; done) & setsid bash -c 'echo pid=$$; trap "" TERM; while :; do sleep 1; done' & echo pid=$$; sleep 1000`,
  );
  const pids = await until(() => {
    const found = pidsIn(bench.server.text(id));
    return found.length === 3 && found;
  }, "three processes");
  const asked = performance.now();
  bench.server.askCancel(id, 1);
  expect(await until(() => bench.server.end(id), "the end")).toMatchObject({
    status: "canceled",
    reason: "canceled by a test",
  });
  expect(pids.filter(isAlive)).toEqual([]);
  expect(performance.now() - asked).toBeLessThan(3_000);
});

test("a process that ends on TERM is not waited for, and one that cleans up may do so", async () => {
  bench.start();
  const id = bench.server.give(`trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done`);
  await until(() => bench.server.text(id).includes("ready"), "the step");
  const asked = performance.now();
  bench.server.askCancel(id, 20);
  expect(await until(() => bench.server.end(id), "the end")).toMatchObject({ status: "canceled" });
  expect(performance.now() - asked).toBeLessThan(5_000);
  await until(() => bench.server.text(id).includes("cleaned"), "the last words");
});

test("the time limit ends a step as failed with timed-out, also when the leader dies first", async () => {
  bench.start();
  const id = bench.server.give(`(trap '' TERM; echo pid=$BASHPID; while :; do sleep 1; done) & sleep 1000`, {
    timeout_seconds: 0.5,
  });
  expect(await until(() => bench.server.end(id), "the end")).toMatchObject({ status: "failed", reason: "timed-out" });
  await until(() => pidsIn(bench.server.text(id)).length === 1, "the log");
  expect(pidsIn(bench.server.text(id)).filter(isAlive)).toEqual([]);
});

test("a grandchild that keeps the output open does not hang the end, and does not survive it", async () => {
  bench.start();
  const id = bench.server.give("sleep 1000 & echo pid=$!; exit 4");
  const begun = performance.now();
  expect(await until(() => bench.server.end(id), "the end")).toMatchObject({ status: "failed", exit_code: 4 });
  expect(performance.now() - begun).toBeLessThan(5_000);
  const [pid] = await until(
    () => pidsIn(bench.server.text(id)).length === 1 && pidsIn(bench.server.text(id)),
    "the log",
  );
  await until(() => !isAlive(pid ?? 0), "the end of the grandchild");
});

test("a daemon that left the group and the output is swept after the end", async () => {
  bench.start();
  const id = bench.server.give(`setsid sleep 1000 >/dev/null 2>&1 < /dev/null & echo pid=$!`);
  expect(await until(() => bench.server.end(id), "the end")).toMatchObject({ status: "success" });
  const [pid] = await until(
    () => pidsIn(bench.server.text(id)).length === 1 && pidsIn(bench.server.text(id)),
    "the log",
  );
  await until(() => !isAlive(pid ?? 0), "the end of the daemon");
});

test("lost: the process is stopped and nothing is reported", async () => {
  bench.start();
  const id = bench.server.give("echo pid=$$; exec sleep 1000");
  const [pid] = await until(
    () => pidsIn(bench.server.text(id)).length === 1 && pidsIn(bench.server.text(id)),
    "the process",
  );
  bench.server.sayLost(id);
  await until(() => !isAlive(pid ?? 0), "the end of the process");
  const syncs = bench.server.syncs.length;
  bench.server.poke();
  await until(
    () => bench.server.syncs.length > syncs && bench.server.syncs.at(-1)?.held?.length === 0,
    "an empty sync",
  );
  expect(bench.server.statuses(id)).toEqual(["running"]);
});

test("a cancel for an attempt that the runner does not have is answered with canceled", async () => {
  bench.start();
  await until(() => bench.server.syncs.length > 0, "the first sync");
  bench.server.askCancel("never-seen");
  expect(await until(() => bench.server.end("never-seen"), "the report")).toMatchObject({ status: "canceled" });
});

test("the runner's own files for an attempt go when it is done", async () => {
  bench.start();
  const id = bench.server.give("echo something > file; echo text");
  await until(() => bench.server.text(id) === "text\n", "the log");
  const journal = () => readFileSync(path.join(bench.stateDir, journalName()), "utf8");
  const journalName = () => readdirSync(bench.stateDir).find((name) => name.endsWith(".jsonl")) ?? "";
  await until(() => journal().includes('"forgotten"'), "the journal");
  await until(() => readdirSync(path.join(bench.stateDir, "work")).length === 0, "an empty work directory");
  await until(() => readdirSync(path.join(bench.stateDir, "logs")).length === 0, "an empty log directory");
});
