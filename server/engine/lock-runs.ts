import { RunDraft, type RunFacts } from "../core/run-draft";
import type { TaskCounts } from "../core/status";
import type { Tx } from "../db/pool";

/** How to find the runs that a transaction changes. */
export type RunLocator =
  | { by: "run"; teamId: string; runId: string }
  | { by: "task"; teamId: string; taskId: string }
  | { by: "id"; runId: string };

export interface RunRow {
  id: string;
  team_id: string;
  number: number;
  status: RunFacts["status"];
  settled: boolean;
  aborted: boolean;
  paused: boolean;
  started: boolean;
  dispatch: RunFacts["dispatch"];
  on_failure: RunFacts["onFailure"];
  counts: TaskCounts;
  last_event_number: number;
  last_event_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export const RUN_COLUMNS = `r.id, r.team_id, r.number, r.status, r.settled, r.aborted, r.paused, r.started, r.dispatch,
  r.on_failure, r.counts, r.last_event_number, r.last_event_at, r.started_at, r.finished_at`;

// Each locks its run rows in id order, as the first statement of its transaction; no row means not found. They rely on
// the primary keys of workflow_run and task.
const LOCK = {
  run: `SELECT ${RUN_COLUMNS} FROM workflow_run r WHERE r.id = $1 AND r.team_id = $2 FOR UPDATE`,
  task: `SELECT ${RUN_COLUMNS} FROM workflow_run r
    WHERE r.id = (SELECT run_id FROM task WHERE id = $1 AND team_id = $2) FOR UPDATE`,
  id: `SELECT ${RUN_COLUMNS} FROM workflow_run r WHERE r.id = $1 FOR UPDATE`,
};

/** Locks the runs, then reads the clock once; returns a draft for each. Nothing else of a run may be read before. */
export async function lockRuns(tx: Tx, locator: RunLocator): Promise<RunDraft[]> {
  const [{ rows }, now] = await Promise.all([
    tx.query<RunRow>({ name: `lock_runs_${locator.by}`, text: LOCK[locator.by], values: lockValues(locator) }),
    // Sent behind it, so read when the locks are had.
    readClock(tx),
  ]);
  return draftsOf(rows, now);
}

/** Makes drafts of run rows that this transaction has locked; time is never earlier than a run's last event. */
export function draftsOf(rows: RunRow[], now: Date): RunDraft[] {
  return rows.map((row) => new RunDraft(factsOf(row), row.last_event_at > now ? row.last_event_at : now));
}

/** The database's time, to be read after the run lock was taken; the only clock that decides anything. */
export async function readClock(tx: Tx): Promise<Date> {
  const { rows } = await tx.query<{ now: Date }>({ name: "read_clock", text: "SELECT clock_timestamp() AS now" });
  if (!rows[0]) throw new Error("the database returned no time");
  return rows[0].now;
}

function lockValues(locator: RunLocator): unknown[] {
  switch (locator.by) {
    case "run":
      return [locator.runId, locator.teamId];
    case "task":
      return [locator.taskId, locator.teamId];
    case "id":
      return [locator.runId];
  }
}

function factsOf(row: RunRow): RunFacts {
  return {
    id: row.id,
    teamId: row.team_id,
    number: row.number,
    status: row.status,
    settled: row.settled,
    aborted: row.aborted,
    paused: row.paused,
    started: row.started,
    dispatch: row.dispatch,
    onFailure: row.on_failure,
    counts: row.counts,
    lastEventNumber: row.last_event_number,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
