import { describe, expect, it } from "vitest";
import { TASK_STATUSES, type TaskStatus } from "./status";
import { eventOfChange, nextStatus, TASK_CHANGES, type TaskChange } from "./transitions";

/** The table of the semantics written a second time, by change: from → to. Every pair not named here must be refused. */
const RULES: Record<TaskChange, Partial<Record<TaskStatus, TaskStatus>>> = {
  dispatch: { created: "dispatched", "submit-failed": "dispatched" },
  claim: { dispatched: "queued" },
  start: { queued: "running", "cancel-requested": "cancel-requested" },
  cancel: { created: "canceled", dispatched: "canceled", queued: "cancel-requested", running: "cancel-requested" },
  abort: { created: "canceled", dispatched: "canceled", queued: "cancel-requested", running: "cancel-requested" },
  "stop-after-failure": { dispatched: "canceled", queued: "cancel-requested", running: "cancel-requested" },
  "report-success": { queued: "success", running: "success", "cancel-requested": "success" },
  "report-failed": { queued: "failed", running: "failed", "cancel-requested": "failed" },
  "report-canceled": { queued: "canceled", running: "canceled", "cancel-requested": "canceled" },
  "report-submit-failed": { queued: "submit-failed", running: "failed", "cancel-requested": "canceled" },
  "lose-lease": { queued: "dispatched", running: "failed", "cancel-requested": "canceled" },
  "lose-lease-for-good": { queued: "submit-failed" },
  "run-out-of-time": { running: "failed", "cancel-requested": "failed" },
  skip: { created: "skipped" },
  "schedule-retry": { failed: "created", "submit-failed": "created" },
  rerun: { failed: "created", canceled: "created", "submit-failed": "created", success: "created", skipped: "created" },
};

describe("the transition table", () => {
  for (const status of TASK_STATUSES)
    for (const change of TASK_CHANGES) {
      const to = RULES[change][status] ?? null;
      it(`${status} on ${change} ${to === null ? "is refused" : `becomes ${to}`}`, () => {
        expect(nextStatus(status, change)).toBe(to);
      });
    }
});

describe("the event of a change", () => {
  it("names the status that the task arrives in", () => {
    const arrivals = TASK_STATUSES.filter((status) => status !== "created");
    expect(new Set(arrivals.map((status) => eventOfChange(status, "cancel"))).size).toBe(arrivals.length);
  });

  it("tells a scheduled retry from a reset", () => {
    expect(eventOfChange("created", "schedule-retry")).toBe("task.retry_scheduled");
    expect(eventOfChange("created", "rerun")).toBe("task.reset");
  });
});
