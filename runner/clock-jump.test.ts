import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bench, makeBench, until } from "./testing/start-runner";

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const CLOCK = path.resolve(import.meta.dirname, "testing/shifted-clock.mjs");
const TWO_DAYS_MS = 48 * 3_600_000;

test("a wall clock that jumps two days ahead loses no output that the server did not take yet", async () => {
  const clock = path.join(bench.directory, "clock");
  writeFileSync(clock, "0");
  const refused = new Set<string>();
  let isRefusing = true;
  bench.server.logFault = (attemptId) => {
    if (!isRefusing) return null;
    refused.add(attemptId);
    return { status: 503 };
  };
  bench.start([], { NODE_OPTIONS: `--import ${CLOCK}`, TORTURE_CLOCK_FILE: clock });
  const id = bench.server.give("for i in 1 2 3 4 5; do echo line $i; done");
  await until(() => bench.server.end(id) && refused.has(id), "the end, and a refused upload");
  writeFileSync(clock, String(TWO_DAYS_MS));
  const before = bench.server.logRequests.length;
  await until(() => bench.server.logRequests.length > before, "another try after the jump");
  isRefusing = false;
  await until(() => bench.server.text(id) !== "", "the output");
  expect(bench.server.text(id)).toBe("line 1\nline 2\nline 3\nline 4\nline 5\n");
});
