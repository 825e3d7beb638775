import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bench, isAlive, makeBench, until } from "./testing/start-runner";

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

test("a second start on the same state directory ends the first, and takes over what it had", async () => {
  const first = bench.start();
  const running = bench.server.give("echo pid=$$; sleep 1000");
  const pid = Number(await until(() => /pid=(\d+)/.exec(bench.server.text(running))?.[1], "the step to run"));
  const second = bench.start();
  expect((await first.exited).code).toBe(3);
  const end = await until(() => bench.server.end(running), "the word about what the first had");
  expect(end).toMatchObject({ status: "failed", reason: "runner-lost" });
  expect(isAlive(pid)).toBe(false);
  expect(second.stderr()).toContain("an earlier start of this runner");
  const next = bench.server.give("echo well");
  await until(() => bench.server.end(next)?.status === "success", "the next step");
});

test("a first start that is stopped is killed", async () => {
  const first = bench.start();
  await until(() => bench.server.syncs.length > 0, "the first");
  first.child.kill("SIGSTOP");
  const syncs = bench.server.syncs.length;
  bench.start();
  expect((await first.exited).signal).toBe("SIGKILL");
  await until(() => bench.server.syncs.length > syncs, "the second");
});

test("a runner of another token is refused the state directory, and the one that has it goes on", async () => {
  const first = bench.start();
  await until(() => bench.server.syncs.length > 0, "the first");
  const other = bench.start([], { SWITCHYARD_RUNNER_TOKEN: "another-runners-token" });
  expect((await other.exited).code).toBe(2);
  expect(other.stderr()).toContain("is in use by another runner");
  const id = bench.server.give("true");
  await until(() => bench.server.end(id)?.status === "success", "the step");
  expect(first.child.exitCode).toBeNull();
});
