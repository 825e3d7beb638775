import type { RunStatus, TaskStatus } from "@/server/core/status";
import type { Readiness } from "@/server/read/task-row";

export type Family = "neutral" | "active" | "success" | "attention" | "failed" | "aborted";

/** What a person sees: a task status, told apart further where the reason or the readiness matters. */
export type DisplayStatus =
  | Readiness
  | "skipped"
  | "dispatched"
  | "queued"
  | "running"
  | "canceling"
  | "success"
  | "failed"
  | "timed-out"
  | "lost"
  | "submit-failed"
  | "canceled"
  | "created"
  | "paused"
  | "failing"
  | "aborted";

interface Look {
  word: string;
  family: Family;
}

/** The one table of words and colours; the shapes are in status-sprite.tsx under the same names. */
export const LOOKS: Record<DisplayStatus, Look> = {
  waiting: { word: "Waiting", family: "neutral" },
  blocked: { word: "Blocked", family: "neutral" },
  ready: { word: "Ready", family: "active" },
  skipped: { word: "Skipped", family: "neutral" },
  dispatched: { word: "Dispatched", family: "active" },
  queued: { word: "Queued", family: "active" },
  running: { word: "Running", family: "active" },
  canceling: { word: "Canceling", family: "attention" },
  success: { word: "Succeeded", family: "success" },
  failed: { word: "Failed", family: "failed" },
  "timed-out": { word: "Timed out", family: "failed" },
  lost: { word: "Lost", family: "failed" },
  "submit-failed": { word: "Could not start", family: "failed" },
  canceled: { word: "Canceled", family: "neutral" },
  created: { word: "Created", family: "neutral" },
  paused: { word: "Paused", family: "neutral" },
  failing: { word: "Failing", family: "failed" },
  aborted: { word: "Aborted", family: "aborted" },
};

/** What a task's status looks like; a created task looks like its readiness, a failed one like its reason. */
export function taskDisplayStatus(status: TaskStatus, readiness: Readiness, reason: string | null): DisplayStatus {
  switch (status) {
    case "created":
      return readiness;
    case "cancel-requested":
      return "canceling";
    case "failed":
      return reason === "timed-out" ? "timed-out" : reason === "runner-lost" ? "lost" : "failed";
    default:
      return status;
  }
}

/** What a run's status looks like; failed and not settled is failing. */
export function runDisplayStatus(status: RunStatus, settled: boolean): DisplayStatus {
  return status === "failed" && !settled ? "failing" : status;
}
