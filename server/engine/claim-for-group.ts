import type { Assignment } from "../../runner/protocol";
import type { RunDraft } from "../core/run-draft";
import type { Bus } from "../db/bus";
import type { Pool, Tx } from "../db/pool";
import { wakeFor, writeAdvance } from "./advance-run";
import { AttemptChanges } from "./attempt-changes";
import { type Claimer, claimTask, readAssignments } from "./claim-tasks";
import { loadTasks } from "./load-tasks";
import { draftsOf, RUN_COLUMNS, type RunRow, readClock } from "./lock-runs";
import type { Settings } from "./settings";
import { inTransaction } from "./transaction";

// The team's oldest dispatched tasks that the labels fit, by index task_dispatched.
const WAITING = `
  SELECT t.run_id, t.dispatched_at FROM task t JOIN workflow_run w ON w.id = t.run_id
  WHERE t.status = 'dispatched' AND t.team_id = $1 AND t.runs_on <@ $2::text[] AND NOT w.paused AND NOT w.aborted
  ORDER BY t.dispatched_at, t.position LIMIT 200`;

// Locks one run: the one that has waited longest among those that nobody is changing. First statement of its transaction.
const LOCK_ONE = `
SELECT ${RUN_COLUMNS} FROM (SELECT run_id, min(dispatched_at) AS since FROM (${WAITING}) x GROUP BY run_id) c
JOIN workflow_run r ON r.id = c.run_id ORDER BY c.since LIMIT 1 FOR UPDATE OF r SKIP LOCKED`;

const IS_ANY_WAITING = `SELECT EXISTS (${WAITING}) AS busy`;

// Locks the runners' rows in id order, after the run's. A runner whose sync is no longer its latest gets nothing.
const LOCK_RUNNERS = `
SELECT id FROM runner WHERE (id, sync_number) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[])) AND revoked_at IS NULL
ORDER BY id FOR NO KEY UPDATE`;

/** What one look brought. */
export interface GroupOutcome {
  /** By runner. */
  assignments: Map<string, Assignment[]>;
  /** Runners whose waiting sync is no longer their latest. */
  stale: string[];
  /** There is work that could not be given out just now: another look is worth it. */
  isBusy: boolean;
}

interface Parts {
  pool: Pool;
  bus: Bus;
  settings: Settings;
}

/** What a transaction did: who was given which attempts, and the assignments that say so once it has been committed. */
interface Given {
  claims: Map<string, string[]>;
  assignments: Promise<Map<string, Assignment>>;
  stale: string[];
  isBusy: boolean;
}

const NOTHING = { claims: new Map(), assignments: Promise.resolve(new Map()), stale: [] };

/** Gives dispatched tasks of one run to runners of one team with the same labels, in turns, in one transaction. */
export async function claimForGroup(
  parts: Parts,
  given: { teamId: string; claimers: Claimer[] },
): Promise<GroupOutcome> {
  const labels = given.claimers[0]?.labels ?? [];
  // Mostly there is nothing: a look without a transaction says so for a quarter of the price.
  if (!(await isAnyWaiting(parts.pool, given.teamId, labels)))
    return { assignments: new Map(), stale: [], isBusy: false };
  let drafts: RunDraft[] = [];
  const outcome = await inTransaction(parts.pool, async (tx, sendAhead): Promise<Given> => {
    const [{ rows }, now] = await Promise.all([
      tx.query<RunRow>({ name: "lock_waiting_run", text: LOCK_ONE, values: [given.teamId, labels] }),
      readClock(tx),
    ]);
    drafts = draftsOf(rows, now);
    const [draft] = drafts;
    // Locked by somebody, or taken since the look: the next look tells.
    if (!draft) return { ...NOTHING, isBusy: true };
    // Paused or aborted between the look and the lock.
    if (draft.run.paused || draft.run.aborted) return { ...NOTHING, isBusy: true };
    const wanted = enoughFor(draft.run.counts.dispatched, given.claimers);
    const room = wanted.reduce((sum, claimer) => sum + claimer.room, 0);
    const [claimers, tasks] = await Promise.all([
      lockClaimers(tx, wanted),
      loadTasks(tx, draft, "dispatched", labels, room),
    ]);
    const attempts = new AttemptChanges();
    const claims = new Map<string, string[]>();
    let turn = 0;
    for (const task of tasks) {
      const claimer = nextWithRoom(claimers, turn);
      if (claimer === undefined) break;
      turn = claimers.indexOf(claimer) + 1;
      const { attemptId } = claimTask(draft, attempts, task, claimer, parts.settings.leaseSeconds);
      claims.set(claimer.runnerId, [...(claims.get(claimer.runnerId) ?? []), attemptId]);
    }
    sendAhead(writeAdvance({ tx, drafts, attempts }));
    const assignments = readAssignments(tx, [...claims.values()].flat());
    sendAhead(assignments);
    const current = new Set(claimers.map((claimer) => claimer.runnerId));
    const stale = wanted.map((claimer) => claimer.runnerId).filter((id) => !current.has(id));
    // Somebody took the work between the look and the lock, and there may be more elsewhere; or others may have this.
    return { claims, assignments, stale, isBusy: tasks.length === 0 || stale.length > 0 };
  });
  wakeFor(parts, drafts);
  const assignments = await outcome.assignments;
  const byRunner = new Map<string, Assignment[]>();
  for (const [runnerId, ids] of outcome.claims)
    byRunner.set(
      runnerId,
      ids.flatMap((id) => assignments.get(id) ?? []),
    );
  return { assignments: byRunner, stale: outcome.stale, isBusy: outcome.isBusy };
}

async function isAnyWaiting(pool: Pool, teamId: string, labels: string[]): Promise<boolean> {
  const { rows } = await pool.query<{ busy: boolean }>({
    name: "is_any_waiting",
    text: IS_ANY_WAITING,
    values: [teamId, labels],
  });
  return rows[0]?.busy ?? false;
}

/** The first claimers that together have room for so many tasks: the others' rows need not be locked. */
function enoughFor(tasks: number, claimers: Claimer[]): Claimer[] {
  let left = tasks;
  return claimers.filter((claimer) => {
    const isWanted = left > 0;
    left -= claimer.room;
    return isWanted;
  });
}

/** The claimers that may be given work now, as copies: a transaction that is tried again counts their room anew. */
async function lockClaimers(tx: Tx, claimers: Claimer[]): Promise<Claimer[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: "lock_runners",
    text: LOCK_RUNNERS,
    values: [claimers.map((claimer) => claimer.runnerId), claimers.map((claimer) => claimer.syncNumber)],
  });
  const current = new Set(rows.map((row) => row.id));
  return claimers.filter((claimer) => current.has(claimer.runnerId)).map((claimer) => ({ ...claimer }));
}

/** Whose turn it is, from `turn` on and round once. */
function nextWithRoom(claimers: Claimer[], turn: number): Claimer | undefined {
  for (let step = 0; step < claimers.length; step += 1) {
    const claimer = claimers[(turn + step) % claimers.length];
    if (claimer && claimer.room > 0) return claimer;
  }
  return undefined;
}
