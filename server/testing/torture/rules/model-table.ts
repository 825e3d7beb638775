import type { TaskStatus } from "../../../core/status";
import type { TaskChange } from "../../../core/transitions";

// The table "Task transitions" of the semantics, written down a second time from the text: it shares nothing with the
// core but its words.

const ENDED: readonly TaskStatus[] = ["success", "failed", "canceled", "submit-failed", "skipped"];

/** Where a change leads from a status, or null where it does not happen; readiness is asked elsewhere. */
export function modelNext(from: TaskStatus, change: TaskChange): TaskStatus | null {
  const isHeld = from === "queued" || from === "running" || from === "cancel-requested";
  switch (change) {
    case "dispatch":
      return from === "created" || from === "submit-failed" ? "dispatched" : null;
    case "cancel":
    case "abort":
      if (from === "created" || from === "dispatched") return "canceled";
      return from === "queued" || from === "running" ? "cancel-requested" : null;
    case "stop-after-failure":
      if (from === "dispatched") return "canceled";
      return from === "queued" || from === "running" ? "cancel-requested" : null;
    case "skip":
      return from === "created" ? "skipped" : null;
    case "claim":
      return from === "dispatched" ? "queued" : null;
    case "start":
      if (from === "queued") return "running";
      return from === "cancel-requested" ? "cancel-requested" : null;
    case "report-success":
      return isHeld ? "success" : null;
    case "report-failed":
      return isHeld ? "failed" : null;
    case "report-canceled":
      return isHeld ? "canceled" : null;
    case "report-submit-failed":
      if (from === "queued") return "submit-failed";
      if (from === "running") return "failed";
      return from === "cancel-requested" ? "canceled" : null;
    case "lose-lease":
      if (from === "queued") return "dispatched";
      if (from === "running") return "failed";
      return from === "cancel-requested" ? "canceled" : null;
    case "lose-lease-for-good":
      return from === "queued" ? "submit-failed" : null;
    case "run-out-of-time":
      return from === "running" || from === "cancel-requested" ? "failed" : null;
    case "schedule-retry":
      return from === "failed" || from === "submit-failed" ? "created" : null;
    case "rerun":
      return ENDED.includes(from) ? "created" : null;
  }
}

/** The event of a task's arrival in a status. */
export const MODEL_EVENT: Record<TaskStatus, string> = {
  created: "task.reset",
  dispatched: "task.dispatched",
  queued: "task.queued",
  running: "task.running",
  "cancel-requested": "task.cancel_requested",
  success: "task.succeeded",
  failed: "task.failed",
  canceled: "task.canceled",
  "submit-failed": "task.submit_failed",
  skipped: "task.skipped",
};
