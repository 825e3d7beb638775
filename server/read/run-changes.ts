import { countFailures } from "../core/rollup";
import type { EventType } from "../core/status";
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
  /** Present when a failure came or went: every task that is blocked now. Without it, what was blocked still is. */
  blocked?: string[];
}

const BATCH = 500;

/**
 * The changes after an event; null when there are none, or no such run in the team. `failures` is how many tasks were in
 * failure when the reader last heard which are blocked: only then, or after a failure, is the whole graph read again.
 */
export async function readRunChanges(
  db: Queryable,
  which: { teamId: string; runId: string; after: number; failures: number | null },
): Promise<RunChanges | null> {
  const { teamId, runId, after } = which;
  // Events first, rows after: a row may be newer than the last event here, and the next batch shows it again.
  const events = await readRunHistory(db, { teamId, runId, after, limit: BATCH });
  const last = events.at(-1);
  if (!last) return null;
  const [run] = await readRunSummaries(db, { teamId, runId });
  if (!run) return null;
  const isBlockedChanged =
    countFailures(run.counts) !== which.failures || events.some((event) => BLOCKING_EVENTS.has(event.type));
  const blocked = isBlockedChanged ? await readBlockedTasks(db, runId) : new Set<string>();
  const changed = [...new Set(events.flatMap((event) => event.taskId ?? []))];
  const tasks = changed.length > 0 ? await readTaskRows(db, { runId, changed, blocked }) : [];
  return { eventNumber: last.number, events, run, tasks, ...(isBlockedChanged ? { blocked: [...blocked] } : {}) };
}

const BLOCKING_EVENTS = new Set<EventType>(["task.failed", "task.canceled", "task.submit_failed", "task.reset"]);
