import { describe, expect, it } from "vitest";
import { autoMayDispatch, isSettled, type RunFlags, rollup } from "./rollup";
import { noTasks, type RunStatus, TASK_STATUSES, type TaskCounts, type TaskStatus } from "./status";

function countsOf(tasks: readonly TaskStatus[]): TaskCounts {
  const counts = noTasks();
  for (const status of tasks) counts[status] += 1;
  return counts;
}

/** The rules of the semantics read literally over a list of tasks: the model that the counts are held against. */
function model(flags: RunFlags, tasks: readonly TaskStatus[]): RunStatus {
  if (flags.aborted) return "aborted";
  if (tasks.length > 0 && tasks.every((status) => status === "success" || status === "skipped")) return "success";
  if (tasks.some((status) => ["failed", "canceled", "submit-failed"].includes(status))) return "failed";
  if (flags.paused) return "paused";
  const active = ["dispatched", "queued", "running", "cancel-requested"];
  return flags.started || tasks.some((status) => active.includes(status)) ? "running" : "created";
}

function* combinations(size: number, from = 0): Generator<TaskStatus[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = from; index < TASK_STATUSES.length; index += 1)
    for (const rest of combinations(size - 1, index)) yield [TASK_STATUSES[index] as TaskStatus, ...rest];
}

const FLAGS: RunFlags[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  aborted: (bits & 1) > 0,
  paused: (bits & 2) > 0,
  started: (bits & 4) > 0,
}));

describe("the rollup", () => {
  it("agrees with the rules over every combination of up to five tasks and every flag", () => {
    let cases = 0;
    for (let size = 0; size <= 5; size += 1)
      for (const tasks of combinations(size))
        for (const flags of FLAGS) {
          const wanted = model(flags, tasks);
          // Not through expect: a call each for 24,000 cases is what would take the time.
          if (rollup(flags, countsOf(tasks)) !== wanted) expect({ tasks, flags }).toBe(wanted);
          cases += 1;
        }
    expect(cases).toBe(3003 * 8);
  });

  const flags: RunFlags = { aborted: false, paused: false, started: true };
  it.each<[string, TaskStatus[], RunFlags, RunStatus]>([
    ["no task at all, never started", [], { ...flags, started: false }, "created"],
    ["a failure beside running work", ["failed", "running"], flags, "failed"],
    ["a failure in a paused run", ["failed", "created"], { ...flags, paused: true }, "failed"],
    ["an abort over success", ["success"], { ...flags, aborted: true }, "aborted"],
    ["skipped and success", ["skipped", "success"], flags, "success"],
    ["started, everything waiting", ["created", "created"], flags, "running"],
  ])("%s", (_name, tasks, given, wanted) => {
    expect(rollup(given, countsOf(tasks))).toBe(wanted);
  });
});

describe("settled", () => {
  it.each<[string, RunStatus, TaskStatus[], boolean, number, boolean]>([
    ["a success", "success", ["success"], false, 0, true],
    ["a failed run with nothing active", "failed", ["failed", "created"], false, 0, true],
    ["a failed run with a running task", "failed", ["failed", "running"], false, 0, false],
    ["a failed run that is paused", "failed", ["failed"], true, 0, false],
    ["a failed run with something still to start", "failed", ["failed", "created"], false, 1, false],
    ["an aborted run that waits for a runner", "aborted", ["cancel-requested"], false, 0, false],
    ["an aborted run", "aborted", ["canceled"], false, 0, true],
    ["a running run", "running", ["created"], false, 0, false],
    ["a created run", "created", ["created"], false, 0, false],
    ["a paused run", "paused", ["created"], true, 0, false],
  ])("%s", (_name, status, tasks, paused, waiting, wanted) => {
    expect(isSettled(status, paused, countsOf(tasks), waiting)).toBe(wanted);
  });
});

describe("auto mode", () => {
  const run = { aborted: false, paused: false, dispatch: "auto", onFailure: "continue" } as const;
  it.each([
    ["goes on after a failure under continue", run, ["failed"] as TaskStatus[], true],
    ["stops at a failure under stop", { ...run, onFailure: "stop" } as const, ["failed"] as TaskStatus[], false],
    ["stops at a failure under cancel", { ...run, onFailure: "cancel" } as const, ["canceled"] as TaskStatus[], false],
    ["goes on under stop without a failure", { ...run, onFailure: "stop" } as const, ["success"] as TaskStatus[], true],
    ["dispatches nothing in manual mode", { ...run, dispatch: "manual" } as const, [] as TaskStatus[], false],
    ["dispatches nothing of an aborted run", { ...run, aborted: true }, [] as TaskStatus[], false],
    ["dispatches nothing of a paused run", { ...run, paused: true }, [] as TaskStatus[], false],
  ])("%s", (_name, given, tasks, wanted) => {
    expect(autoMayDispatch(given, countsOf(tasks))).toBe(wanted);
  });
});
