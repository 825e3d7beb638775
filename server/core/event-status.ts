import type { EventType, RunStatus, TaskStatus } from "./status";

/** The status that a run has after an event of its own; what is not listed leaves it. Replaying them gives the present. */
export const RUN_STATUS_AFTER: Partial<Record<EventType, RunStatus>> = {
  "workflow_run.created": "created",
  "workflow_run.running": "running",
  "workflow_run.paused": "paused",
  "workflow_run.resumed": "running",
  "workflow_run.succeeded": "success",
  "workflow_run.failed": "failed",
  "workflow_run.aborted": "aborted",
};

/** The status that a task has after an event of its own. */
export const TASK_STATUS_AFTER: Partial<Record<EventType, TaskStatus>> = {
  "task.dispatched": "dispatched",
  "task.queued": "queued",
  "task.running": "running",
  "task.cancel_requested": "cancel-requested",
  "task.succeeded": "success",
  "task.failed": "failed",
  "task.canceled": "canceled",
  "task.submit_failed": "submit-failed",
  "task.skipped": "skipped",
  "task.retry_scheduled": "created",
  "task.reset": "created",
};
