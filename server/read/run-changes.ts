import { isFailure } from "../core/status";
import type { Queryable } from "../db/pool";
import { readBlockedTasks } from "./blocked-tasks";
import { type EventRow, readRunHistory } from "./run-history";
import { type RunSummary, readRunSummaries } from "./run-summary";
import { readTaskRows, type TaskRow } from "./task-row";

/** What a run page needs to catch up: the events since, and how the run and the tasks they touched stand now. */
export interface RunChanges {
  eventNumber: number;
  events: EventRow[];
  run: RunSummary;
  tasks: TaskRow[];
  /** Present when a failure came or went: every task that is blocked now. */
  blocked?: string[];
}

const BATCH = 500;

/** The changes after an event; null when there are none, or no such run in the team. */
export async function readRunChanges(
  db: Queryable,
  which: { teamId: string; runId: string; after: number },
): Promise<RunChanges | null> {
  // Events first, rows after: a row may be newer than the last event here, and the next batch shows it again.
  const events = await readRunHistory(db, { ...which, limit: BATCH });
  const last = events.at(-1);
  if (!last) return null;
  const [run] = await readRunSummaries(db, { teamId: which.teamId, runId: which.runId });
  if (!run) return null;
  const failing = Object.entries(run.counts).some(
    ([status, count]) => count > 0 && isFailure(status as keyof typeof run.counts),
  );
  const blocked = failing ? await readBlockedTasks(db, which.runId) : new Set<string>();
  const changed = [...new Set(events.flatMap((event) => event.taskId ?? []))];
  const tasks = changed.length > 0 ? await readTaskRows(db, { runId: which.runId, changed, blocked }) : [];
  const blockedChanged = events.some((event) => BLOCKING_EVENTS.has(event.type));
  return { eventNumber: last.number, events, run, tasks, ...(blockedChanged ? { blocked: [...blocked] } : {}) };
}

const BLOCKING_EVENTS = new Set([
  "task.failed",
  "task.canceled",
  "task.submit_failed",
  "task.reset",
  "task.dispatched",
]);
