import type { EventType } from "@/server/core/status";
import type { DisplayStatus } from "../../../../components/status/display-status";

/** The shape that stands before an event; null for those that are about no status. */
export const EVENT_STATUS: Record<EventType, DisplayStatus | null> = {
  "workflow_run.created": "created",
  "workflow_run.running": "running",
  "workflow_run.paused": "paused",
  "workflow_run.resumed": null,
  "workflow_run.succeeded": "success",
  "workflow_run.failed": "failed",
  "workflow_run.aborted": "aborted",
  "workflow_run.settled": null,
  "workflow_run.dispatch_mode_changed": null,
  "task.dispatched": "dispatched",
  "task.queued": "queued",
  "task.running": "running",
  "task.cancel_requested": "canceling",
  "task.succeeded": "success",
  "task.failed": "failed",
  "task.canceled": "canceled",
  "task.submit_failed": "submit-failed",
  "task.skipped": "skipped",
  "task.retry_scheduled": null,
  "task.reset": null,
};
