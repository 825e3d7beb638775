import type { RunDraft } from "../core/run-draft";
import type { Tx } from "../db/pool";
import type { AttemptChanges } from "./attempt-changes";
import { type Claim, type Claimer, claimTask } from "./claim-tasks";
import { loadTasks } from "./load-tasks";

/**
 * Gives runners dispatched work of the runs that this transaction holds anyway, oldest first; only of their own team, and
 * no more than they have room for. Answers the claims by runner.
 */
export async function claimOwn(
  tx: Tx,
  drafts: RunDraft[],
  attempts: AttemptChanges,
  given: { claimers: Claimer[]; leaseSeconds: number },
): Promise<Map<string, Claim[]>> {
  const claims = new Map<string, Claim[]>();
  for (const draft of drafts) {
    if (draft.run.counts.dispatched === 0 || draft.run.aborted || draft.run.paused) continue;
    const claimers = given.claimers.filter(({ teamId, room }) => teamId === draft.run.teamId && room > 0);
    if (claimers.length === 0) continue;
    await loadOlder(tx, draft, claimers);
    const tasks = draft.dispatchedTasks();
    for (const claimer of claimers) {
      const own = claims.get(claimer.runnerId) ?? [];
      for (const task of tasks) {
        if (claimer.room <= 0) break;
        if (task.status !== "dispatched" || !task.runsOn.every((label) => claimer.labels.includes(label))) continue;
        own.push(claimTask(draft, attempts, task, claimer, given.leaseSeconds));
      }
      claims.set(claimer.runnerId, own);
    }
  }
  return claims;
}

/** Dispatched in this transaction are in the draft already; older ones are asked for only if there are any. */
async function loadOlder(tx: Tx, draft: RunDraft, claimers: Claimer[]): Promise<void> {
  if (draft.run.counts.dispatched <= draft.dispatchedTasks().length) return;
  const groups = new Map<string, { labels: string[]; room: number }>();
  for (const { labels, room } of claimers) {
    const key = JSON.stringify([...labels].sort());
    groups.set(key, { labels, room: room + (groups.get(key)?.room ?? 0) });
  }
  await Promise.all([...groups.values()].map(({ labels, room }) => loadTasks(tx, draft, "dispatched", labels, room)));
}
