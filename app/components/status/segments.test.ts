import { describe, expect, it } from "vitest";
import { noTasks } from "@/server/core/status";
import { doneOf, segmentsOf, totalOf } from "./segments";

describe("segmentsOf", () => {
  it("parts created tasks into ready, waiting and blocked", () => {
    const counts = { ...noTasks(), created: 10, success: 3 };
    expect(segmentsOf(counts, 2, 5).map(({ word, count }) => [word, count])).toEqual([
      ["done", 3],
      ["ready", 2],
      ["waiting", 3],
      ["blocked", 5],
    ]);
  });

  it("always adds up to all tasks", () => {
    const counts = { ...noTasks(), created: 2, dispatched: 1, queued: 1, running: 1, "cancel-requested": 1 };
    Object.assign(counts, { success: 1, failed: 1, canceled: 1, "submit-failed": 1, skipped: 1 });
    for (const ready of [0, 1, 2, 3]) {
      const sum = segmentsOf(counts, ready, 2).reduce((total, segment) => total + segment.count, 0);
      expect(sum).toBe(totalOf(counts));
    }
  });

  it("counts what was skipped as done", () => {
    expect(doneOf({ ...noTasks(), success: 2, skipped: 1, failed: 4 })).toBe(3);
  });
});
