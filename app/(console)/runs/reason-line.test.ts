import { describe, expect, it } from "vitest";
import { noTasks } from "@/server/core/status";
import type { RunSummary } from "@/server/read/run-summary";
import { reasonLine } from "./reason-line";

describe("reasonLine", () => {
  it.each([
    [{ status: "failed", exitCode: 2, reason: null }, "parse: exit 2"],
    [{ status: "failed", exitCode: null, reason: "timed-out" }, "parse: time limit exceeded"],
    [{ status: "failed", exitCode: null, reason: "runner-lost" }, "parse: runner lost"],
    [{ status: "submit-failed", exitCode: null, reason: null }, "parse: could not start"],
    [{ status: "failed", exitCode: null, reason: "no such shell\nmore" }, "parse: no such shell"],
  ])("names the first failure: %j", (failure, line) => {
    expect(reasonLine(run({ firstFailure: { id: "t", key: "parse", ...failure } }))).toBe(line);
  });

  it("says how many tasks wait for a person", () => {
    expect(reasonLine(run({ readyCount: 4 }))).toBe("4 ready to dispatch");
  });

  it("says nothing about a run that has succeeded", () => {
    expect(reasonLine(run({ status: "success", settled: true }))).toBeNull();
  });
});

function run(change: Partial<RunSummary>): RunSummary {
  return {
    id: "r",
    number: 1,
    name: "n",
    title: "n",
    status: "running",
    settled: false,
    paused: false,
    dispatch: "manual",
    onFailure: "continue",
    counts: noTasks(),
    readyCount: 0,
    dispatchableCount: 0,
    nextReady: null,
    firstFailure: null,
    templateId: null,
    templateVersion: null,
    createdBy: "Mira",
    createdAt: 0,
    startedAt: null,
    finishedAt: null,
    lastEventNumber: 1,
    ...change,
  };
}
