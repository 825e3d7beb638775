import type { EventType, TaskStatus } from "./status";

/**
 * Everything that can happen to a task, one word each (docs/state-machine.md has the table in prose).
 * `lose-lease-for-good` is a lease that ran out once more than the task may be dispatched again.
 * `stop-after-failure` is what `on-failure: cancel` does to the rest of a run.
 */
export const TASK_CHANGES = [
  "dispatch",
  "claim",
  "start",
  "cancel",
  "abort",
  "stop-after-failure",
  "report-success",
  "report-failed",
  "report-canceled",
  "report-submit-failed",
  "lose-lease",
  "lose-lease-for-good",
  "run-out-of-time",
  "skip",
  "schedule-retry",
  "rerun",
] as const;
export type TaskChange = (typeof TASK_CHANGES)[number];

type Row = Partial<Record<TaskChange, TaskStatus>>;

const OUTCOMES = {
  "report-success": "success",
  "report-failed": "failed",
  "report-canceled": "canceled",
} as const satisfies Row;

/** The transition table of spec "Task transitions": what is not listed does not happen. */
const TRANSITIONS: Record<TaskStatus, Row> = {
  created: { dispatch: "dispatched", cancel: "canceled", abort: "canceled", skip: "skipped" },
  dispatched: { claim: "queued", cancel: "canceled", abort: "canceled", "stop-after-failure": "canceled" },
  queued: {
    start: "running",
    cancel: "cancel-requested",
    abort: "cancel-requested",
    "stop-after-failure": "cancel-requested",
    ...OUTCOMES,
    "report-submit-failed": "submit-failed",
    "lose-lease": "dispatched",
    "lose-lease-for-good": "submit-failed",
  },
  running: {
    cancel: "cancel-requested",
    abort: "cancel-requested",
    "stop-after-failure": "cancel-requested",
    ...OUTCOMES,
    // It had started, so it cannot have failed to start.
    "report-submit-failed": "failed",
    "lose-lease": "failed",
    "run-out-of-time": "failed",
  },
  "cancel-requested": {
    // The start time is set; the status and the wish to cancel stay.
    start: "cancel-requested",
    ...OUTCOMES,
    "report-submit-failed": "canceled",
    "lose-lease": "canceled",
    "run-out-of-time": "failed",
  },
  success: { rerun: "created" },
  failed: { rerun: "created", "schedule-retry": "created" },
  canceled: { rerun: "created" },
  "submit-failed": { dispatch: "dispatched", rerun: "created", "schedule-retry": "created" },
  skipped: { rerun: "created" },
};

/** The status that `change` leads to from `status`, or null where the table has no such row. */
export function nextStatus(status: TaskStatus, change: TaskChange): TaskStatus | null {
  return TRANSITIONS[status][change] ?? null;
}

const EVENT_OF_STATUS: Record<Exclude<TaskStatus, "created">, EventType> = {
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

/** The event that tells of a task's arrival in `status` by `change`. */
export function eventOfChange(status: TaskStatus, change: TaskChange): EventType {
  if (status === "created") return change === "schedule-retry" ? "task.retry_scheduled" : "task.reset";
  return EVENT_OF_STATUS[status];
}
