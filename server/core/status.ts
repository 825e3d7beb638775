/** The words of docs/state-machine.md. Code, SQL, URLs, YAML and screens use these and no synonyms. */

export const TASK_STATUSES = [
  "created",
  "dispatched",
  "queued",
  "running",
  "cancel-requested",
  "success",
  "failed",
  "canceled",
  "submit-failed",
  "skipped",
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const RUN_STATUSES = ["created", "running", "paused", "success", "failed", "aborted"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const DISPATCH_MODES = ["manual", "auto"] as const;
export type DispatchMode = (typeof DISPATCH_MODES)[number];

export const FAILURE_POLICIES = ["continue", "stop", "cancel"] as const;
export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

export const ACTIVE_STATUSES = ["dispatched", "queued", "running", "cancel-requested"] as const satisfies TaskStatus[];
export const FAILURE_STATUSES = ["failed", "canceled", "submit-failed"] as const satisfies TaskStatus[];

export const RUN_EVENT_TYPES = [
  "workflow_run.created",
  "workflow_run.running",
  "workflow_run.paused",
  "workflow_run.resumed",
  "workflow_run.succeeded",
  "workflow_run.failed",
  "workflow_run.aborted",
  "workflow_run.settled",
  "workflow_run.dispatch_mode_changed",
] as const;
export const TASK_EVENT_TYPES = [
  "task.dispatched",
  "task.queued",
  "task.running",
  "task.cancel_requested",
  "task.succeeded",
  "task.failed",
  "task.canceled",
  "task.submit_failed",
  "task.skipped",
  "task.retry_scheduled",
  "task.reset",
] as const;
export const EVENT_TYPES = [...RUN_EVENT_TYPES, ...TASK_EVENT_TYPES] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** How many tasks of a run are in each status; every status is present. */
export type TaskCounts = Record<TaskStatus, number>;

/** Whether a runner has it or it waits for one. */
export function isActive(status: TaskStatus): boolean {
  return (ACTIVE_STATUSES as readonly TaskStatus[]).includes(status);
}

/** Whether it ended other than well. */
export function isFailure(status: TaskStatus): boolean {
  return (FAILURE_STATUSES as readonly TaskStatus[]).includes(status);
}

/** Counts with every status at zero. */
export function noTasks(): TaskCounts {
  return Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as TaskCounts;
}

/** Makes the compiler check that every case is handled; throws when data holds a word nobody knows. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
