import { type Actor, type RunDraft, SYSTEM_ACTOR } from "../core/run-draft";
import type { Bus } from "../db/bus";
import type { Tx } from "../db/pool";
import { AttemptChanges } from "./attempt-changes";
import type { Engine } from "./engine";
import { type Idempotency, rememberAnswer } from "./idempotency";
import { loadTasks } from "./load-tasks";
import { lockRuns, type RunLocator } from "./lock-runs";
import { inTransaction } from "./transaction";
import { type Dependent, unlockDependents } from "./unlock-dependents";
import { writeDrafts } from "./write-drafts";

/** One transaction's hold on its runs. */
export interface Advance {
  tx: Tx;
  drafts: RunDraft[];
  attempts: AttemptChanges;
}

/**
 * The one door: every change of a run or its tasks goes through here. Locks the runs, lets `change` edit their drafts,
 * draws the consequences, writes, commits, and only then wakes whoever listens.
 */
export async function advanceRuns<T>(
  engine: Engine,
  locator: RunLocator,
  change: (advance: Advance) => Promise<T>,
  idempotency?: Idempotency<T>,
): Promise<T> {
  let drafts: RunDraft[] = [];
  const result = await inTransaction(engine.pool, (tx) =>
    rememberAnswer(tx, idempotency, async () => {
      drafts = await lockRuns(tx, locator);
      const advance = { tx, drafts, attempts: new AttemptChanges() };
      const answer = await change(advance);
      await drawConsequences(advance);
      await writeAdvance(advance);
      return answer;
    }),
  );
  wakeFor(engine, drafts);
  return result;
}

/**
 * What follows from the drafts' changes by the rules: unlocked dependents, auto dispatch, `on-failure: cancel`.
 * `dependents` waits for what may have succeeded, which only a runner's report can make happen.
 */
export async function drawConsequences({ tx, drafts }: Advance, dependents: Dependent[] = []): Promise<void> {
  for (const draft of drafts) await cancelAfterFailure(tx, draft, SYSTEM_ACTOR);
  unlockDependents(drafts, dependents, SYSTEM_ACTOR);
  for (const draft of drafts) await resumeAutoDispatch(tx, draft, SYSTEM_ACTOR);
}

/** Takes the rollups and writes everything; nothing may change a draft afterwards. */
export async function writeAdvance({ tx, drafts, attempts }: Advance): Promise<void> {
  for (const draft of drafts) draft.finish(SYSTEM_ACTOR);
  await writeDrafts(tx, drafts, attempts);
}

/** Tells other waiters what a committed transaction changed. */
export function wakeFor(engine: { bus: Bus }, drafts: RunDraft[]): void {
  const topics = new Set<string>();
  for (const draft of drafts) {
    if (draft.events.length === 0) continue;
    topics.add(`run:${draft.run.id}`).add(`team:${draft.run.teamId}`);
    for (const { facts } of draft.changedTasks()) {
      if (facts.status === "dispatched") topics.add(`work:${draft.run.teamId}`);
      // Its runner has to stop it.
      if (facts.status === "cancel-requested") topics.add(`runner:${facts.runnerId}`);
    }
  }
  if (topics.size > 0) engine.bus.wake([...topics]);
}

/** Dispatches what is ready when auto mode begins, or goes on after the last failure was dispatched again. */
async function resumeAutoDispatch(tx: Tx, draft: RunDraft, actor: Actor): Promise<void> {
  if (!draft.resumesAutoDispatch) return;
  for (const task of await loadTasks(tx, draft, "ready_to_start")) draft.apply(task, "dispatch", actor);
}

/** `on-failure: cancel`: a new failure cancels what is dispatched, queued or running, in the same transaction. */
async function cancelAfterFailure(tx: Tx, draft: RunDraft, actor: Actor): Promise<void> {
  if (draft.run.onFailure !== "cancel" || draft.run.aborted || !draft.hasNewFailure) return;
  const active = await loadTasks(tx, draft, "statuses", ["dispatched", "queued", "running"]);
  for (const task of active) draft.apply(task, "stop-after-failure", actor, { reason: "another task is in failure" });
}
