import { ACTIVE_STATUSES, type DispatchMode, FAILURE_STATUSES, type RunStatus, type TaskCounts } from "./status";

/** What a run's status is made of beside its tasks. */
export interface RunFlags {
  aborted: boolean;
  paused: boolean;
  /** It has once left `created`. */
  started: boolean;
}

/** The run's status from its flags and the present statuses of its tasks; the order of changes never matters. */
export function rollup(flags: RunFlags, counts: TaskCounts): RunStatus {
  if (flags.aborted) return "aborted";
  const total = sum(Object.values(counts));
  if (total > 0 && counts.success + counts.skipped === total) return "success";
  if (countFailures(counts) > 0) return "failed";
  if (flags.paused) return "paused";
  if (flags.started || countActive(counts) > 0) return "running";
  return "created";
}

/**
 * Whether nothing more happens to the run without a person. `waitingToStart` counts the tasks that will be dispatched
 * without one: pending retries, and what is ready and auto mode may start.
 */
export function isSettled(status: RunStatus, paused: boolean, counts: TaskCounts, waitingToStart: number): boolean {
  if (status === "success") return true;
  if (status === "aborted") return countActive(counts) === 0;
  if (status === "failed") return countActive(counts) === 0 && !paused && waitingToStart === 0;
  return false;
}

/** How many tasks a runner has or waits for. */
export function countActive(counts: TaskCounts): number {
  return sum(ACTIVE_STATUSES.map((status) => counts[status]));
}

/** How many tasks ended other than well. */
export function countFailures(counts: TaskCounts): number {
  return sum(FAILURE_STATUSES.map((status) => counts[status]));
}

/** Whether auto mode may dispatch anything of the run now. */
export function autoMayDispatch(
  run: { aborted: boolean; paused: boolean; dispatch: DispatchMode; onFailure: "continue" | "stop" | "cancel" },
  counts: TaskCounts,
): boolean {
  if (run.dispatch !== "auto" || run.aborted || run.paused) return false;
  return run.onFailure === "continue" || countFailures(counts) === 0;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
