import type { RunDraft } from "../core/run-draft";
import type { Bus } from "../db/bus";
import type { Pool, Tx } from "../db/pool";
import { wakeFor, writeAdvance } from "./advance-run";
import { AttemptChanges } from "./attempt-changes";
import { type Claim, type Claimer, claimTask } from "./claim-tasks";
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

/** What one look brought: claims by runner; busy when there is work in a run that somebody else holds just now. */
export interface GroupOutcome {
  claims: Map<string, Claim[]>;
  isBusy: boolean;
}

/** Gives dispatched tasks of one run to runners of one team with the same labels, in turns, in one transaction. */
export async function claimForGroup(
  parts: { pool: Pool; bus: Bus; settings: Settings },
  given: { teamId: string; claimers: Claimer[] },
): Promise<GroupOutcome> {
  const labels = given.claimers[0]?.labels ?? [];
  let drafts: RunDraft[] = [];
  const outcome = await inTransaction(parts.pool, async (tx): Promise<GroupOutcome> => {
    const claims = new Map<string, Claim[]>();
    const { rows } = await tx.query<RunRow>({
      name: "lock_waiting_run",
      text: LOCK_ONE,
      values: [given.teamId, labels],
    });
    if (rows.length === 0) return { claims, isBusy: await isAnyWaiting(tx, given.teamId, labels) };
    drafts = draftsOf(rows, await readClock(tx));
    const [draft] = drafts;
    if (!draft) return { claims, isBusy: false };
    // Paused or aborted between the look and the lock.
    if (draft.run.paused || draft.run.aborted) return { claims, isBusy: true };
    const claimers = await lockClaimers(tx, given.claimers);
    const room = claimers.reduce((sum, claimer) => sum + claimer.room, 0);
    if (room === 0) return { claims, isBusy: false };
    const tasks = await loadTasks(tx, draft, "dispatched", labels, room);
    const attempts = new AttemptChanges();
    let turn = 0;
    for (const task of tasks) {
      while (claimers[turn % claimers.length]?.room === 0) turn += 1;
      const claimer = claimers[turn % claimers.length];
      if (!claimer) break;
      const claim = claimTask(draft, attempts, task, claimer, parts.settings.leaseSeconds);
      claims.set(claimer.runnerId, [...(claims.get(claimer.runnerId) ?? []), claim]);
      turn += 1;
    }
    await writeAdvance({ tx, drafts, attempts });
    // Somebody took the work between the look and the lock; there may be more elsewhere.
    return { claims, isBusy: tasks.length === 0 };
  });
  wakeFor(parts, drafts);
  return outcome;
}

async function isAnyWaiting(tx: Tx, teamId: string, labels: string[]): Promise<boolean> {
  const { rows } = await tx.query<{ busy: boolean }>({
    name: "is_any_waiting",
    text: IS_ANY_WAITING,
    values: [teamId, labels],
  });
  return rows[0]?.busy ?? false;
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
