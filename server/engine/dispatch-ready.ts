import { type Actor, isReady, type RunDraft, type TaskFacts } from "../core/run-draft";
import type { Tx } from "../db/pool";
import { AppError } from "../errors";
import { advanceRuns } from "./advance-run";
import type { Engine } from "./engine";
import type { Idempotency } from "./idempotency";
import { loadTasks } from "./load-tasks";
import { lockedRun } from "./locked-run";

export interface DispatchOutcome {
  /** In the order in which they were dispatched. */
  taskIds: string[];
  /** Why nothing was. */
  reason?: "dependencies not satisfied" | "no ready tasks";
}

/**
 * Dispatches the first ready task in template order, the first `limit`, or the named ones that are ready. Nothing ready
 * is not an error. Throws `not_found`, `run_aborted`, `run_paused`, and `invalid_input` for a key that is not there.
 */
export async function dispatchReady(
  engine: Engine,
  given: {
    teamId: string;
    runId: string;
    actor: Actor;
    limit?: number;
    keys?: string[];
    idempotency?: Idempotency<DispatchOutcome>;
  },
): Promise<DispatchOutcome> {
  const { teamId, runId, actor } = given;
  return advanceRuns<DispatchOutcome>(
    engine,
    { by: "run", teamId, runId },
    async ({ tx, drafts }) => {
      const draft = lockedRun(drafts);
      if (draft.run.aborted)
        throw new AppError("run_aborted", `Run #${draft.run.number} is aborted: nothing of it starts`);
      if (draft.run.paused) throw new AppError("run_paused", `Run #${draft.run.number} is paused: resume it first`);
      const ready = given.keys
        ? await readyOf(tx, draft, given.keys)
        : await loadTasks(tx, draft, "ready", given.limit ?? 1);
      const dispatched = ready.filter((task) => draft.apply(task, "dispatch", actor));
      if (dispatched.length > 0) return { taskIds: dispatched.map((task) => task.id) };
      // Every created task that is not ready has something unmet.
      const waits = draft.run.counts.created > 0 && !(await hasOnlyReady(tx, draft));
      return { taskIds: [], reason: waits ? "dependencies not satisfied" : "no ready tasks" };
    },
    given.idempotency,
  );
}

async function readyOf(tx: Tx, draft: RunDraft, keys: string[]): Promise<TaskFacts[]> {
  const tasks = await loadTasks(tx, draft, "keys", keys);
  const known = new Set(tasks.map((task) => task.key));
  const errors = keys.flatMap((key, index) =>
    known.has(key) ? [] : [{ pointer: `/keys/${index}`, message: `no task of this run has the key "${key}"` }],
  );
  if (errors.length > 0) throw new AppError("invalid_input", "Some keys are not in this run", errors);
  return tasks.filter(isReady);
}

async function hasOnlyReady(tx: Tx, draft: RunDraft): Promise<boolean> {
  const ready = await loadTasks(tx, draft, "ready_to_start");
  return ready.length === draft.run.counts.created;
}
