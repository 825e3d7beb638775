import { describe, expect, it } from "vitest";
import { type PlanFacts, type PlanRunner, type PlanTask, planRun } from "./readiness";
import type { TaskStatus } from "./status";
import { TASK_STATUSES } from "./status";

const RUN: PlanFacts["run"] = { aborted: false, paused: false, dispatch: "manual", onFailure: "continue" };
const RUNNER: PlanRunner = { name: "one", labels: ["linux"], online: true, draining: false, free: 1 };

function task(id: string, status: TaskStatus, needs: string[] = [], runsOn: string[] = []): PlanTask {
  return { id, key: id, status, needs, runsOn, runner: status === "queued" ? "one" : null, dispatchedAt: new Date(0) };
}

function planOf(tasks: PlanTask[], change: Partial<PlanFacts> = {}) {
  return new Map(planRun({ run: RUN, tasks, runners: [RUNNER], ...change }).map((plan) => [plan.id, plan]));
}

describe("why a task does not run", () => {
  it.each<[string, PlanTask[], Partial<PlanFacts>, string[], boolean]>([
    ["ready", [task("a", "created")], {}, ["needs_dispatch"], true],
    ["could not start", [task("a", "submit-failed")], {}, ["needs_dispatch"], true],
    ["waits", [task("a", "created", ["b"]), task("b", "running")], {}, ["waiting_for"], false],
    ["behind a failure", [task("a", "created", ["b"]), task("b", "failed")], {}, ["blocked_by"], false],
    [
      "behind a blocked one",
      [task("a", "created", ["b"]), task("b", "created", ["c"]), task("c", "canceled")],
      {},
      ["blocked_by"],
      false,
    ],
    ["paused", [task("a", "created")], { run: { ...RUN, paused: true } }, ["run_paused"], false],
    [
      "stopped",
      [task("a", "created"), task("b", "failed")],
      { run: { ...RUN, dispatch: "auto", onFailure: "stop" } },
      ["stopped_by_failure", "needs_dispatch"],
      true,
    ],
    ["label nobody has", [task("a", "dispatched", [], ["gpu"])], {}, ["no_runner_label"], false],
    ["no runner at all", [task("a", "dispatched")], { runners: [] }, ["no_runner_label"], false],
    [
      "runner offline",
      [task("a", "dispatched")],
      { runners: [{ ...RUNNER, online: false }] },
      ["runner_offline"],
      false,
    ],
    [
      "runner draining",
      [task("a", "dispatched")],
      { runners: [{ ...RUNNER, draining: true }] },
      ["runner_offline"],
      false,
    ],
    ["slots taken", [task("a", "dispatched")], { runners: [{ ...RUNNER, free: 0 }] }, ["runners_busy"], false],
    ["assigned", [task("a", "queued")], {}, ["assigned"], false],
    ["being canceled", [task("a", "cancel-requested")], {}, ["assigned"], false],
    ["running", [task("a", "running")], {}, [], false],
    ["over", [task("a", "success")], {}, [], false],
  ])("%s", (_name, tasks, change, codes, ready) => {
    const plan = planOf(tasks, change).get("a");
    expect(plan?.reasons.map((reason) => reason.code)).toEqual(codes);
    expect(plan?.ready).toBe(ready);
  });

  it("gives a reason to every task that is neither running nor over, and to every blocked one", () => {
    for (const status of TASK_STATUSES)
      for (const needed of TASK_STATUSES) {
        const plan = planOf([task("a", status, ["b"]), task("b", needed)]).get("a");
        const isDone = ["running", "success", "failed", "canceled", "skipped"].includes(status);
        expect(plan?.reasons.length === 0, `${status} behind ${needed}`).toBe(isDone);
      }
  });

  it("names what a task waits for, and its place in line", () => {
    const plan = planOf([task("a", "created", ["b", "c"]), task("b", "success"), task("c", "queued")]);
    expect(plan.get("a")?.reasons[0]).toMatchObject({ keys: ["c"], message: "Waiting for c" });
    const line = planOf([task("x", "dispatched"), task("y", "dispatched")], { runners: [{ ...RUNNER, free: 0 }] });
    expect(line.get("y")?.reasons[0]).toMatchObject({ position: 2 });
  });

  it("finds what is blocked behind 10,000 tasks in a row", () => {
    const chain = Array.from({ length: 10_000 }, (_, n) =>
      task(`t${n}`, n === 0 ? "failed" : "created", n === 0 ? [] : [`t${n - 1}`]),
    );
    expect(planOf(chain).get("t9999")?.blocked).toBe(true);
  });
});
