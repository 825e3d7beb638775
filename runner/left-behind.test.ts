import { spawn } from "node:child_process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Journal } from "./journal";
import { bootId } from "./process-table";
import { ATTEMPT_MARKER } from "./step-environment";
import { type Bench, isAlive, makeBench, until } from "./testing/start-runner";

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

test("what a step had left behind when its runner was killed right after the report is ended at the next start", async () => {
  // The state that kill -9 leaves between the acknowledged report and the clearing up, which comes within a second.
  const id = "att_left_behind";
  const journal = new Journal(bench.stateDir, "earlier");
  journal.append({ op: "assigned", id, boot: bootId() });
  journal.append({ op: "starting", id });
  journal.append({ op: "ended", id, report: { attempt_id: id, status: "success", exit_code: 0 }, at: Date.now() });
  journal.append({ op: "acknowledged", id, at: Date.now() });
  journal.close();
  const left = spawn("sleep", ["1000"], {
    env: { ...process.env, [ATTEMPT_MARKER]: id },
    detached: true,
    stdio: "ignore",
  });
  const pid = left.pid ?? 0;
  try {
    expect(isAlive(pid)).toBe(true);
    bench.start();
    await until(() => bench.server.syncs.length > 0, "the next start");
    await until(() => !isAlive(pid), "the process to end", 5_000);
  } finally {
    left.kill("SIGKILL");
  }
});
