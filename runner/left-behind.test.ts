import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bench, isAlive, makeBench, until } from "./testing/start-runner";

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

test("kill -9 right after a step was reported: what the step had left behind is ended at the next start", async () => {
  const first = bench.start();
  const id = bench.server.give("setsid sleep 1000 > /dev/null 2>&1 & echo child=$!");
  const journal = () => readFileSync(path.join(bench.stateDir, journalName()), "utf8");
  const journalName = () => `journal-${bench.server.syncs[0]?.runner?.instance_id}.jsonl`;
  await until(() => bench.server.end(id), "the report");
  const child = Number(await until(() => /child=(\d+)/.exec(bench.server.text(id))?.[1], "the output"));
  await until(() => journal().includes('"acknowledged"'), "the journal");
  // The runner clears up once a second: this comes before.
  first.child.kill("SIGKILL");
  await first.exited;
  expect(isAlive(child)).toBe(true);
  const syncs = bench.server.syncs.length;
  bench.start();
  await until(() => bench.server.syncs.length > syncs, "the next start");
  try {
    await until(() => !isAlive(child), "the process to end", 5_000);
  } finally {
    if (isAlive(child)) process.kill(child, "SIGKILL");
  }
});
