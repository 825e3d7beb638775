import type { Actor } from "../core/run-draft";
import { AppError } from "../errors";
import { advanceRuns } from "./advance-run";
import type { Engine } from "./engine";
import { loadTasks } from "./load-tasks";
import { lockedRun } from "./locked-run";

/**
 * Aborts a run for good in one transaction, without waiting for any runner. Aborting an aborted run changes nothing.
 * Throws `not_found`, and `run_settled` for a run that is over.
 */
export async function abortRun(
  engine: Engine,
  given: { teamId: string; runId: string; actor: Actor; reason?: string },
): Promise<void> {
  const { teamId, runId, actor } = given;
  await advanceRuns(engine, { by: "run", teamId, runId }, async ({ tx, drafts }) => {
    const draft = lockedRun(drafts);
    const { run } = draft;
    if (run.aborted) return;
    if (run.settled)
      throw new AppError("run_settled", `Run #${run.number} is over (${run.status}): there is nothing to abort`);
    run.aborted = true;
    const reason = `run aborted by ${actor.name}${given.reason ? `: ${given.reason}` : ""}`;
    const open = await loadTasks(tx, draft, "statuses", ["created", "dispatched", "queued", "running"]);
    for (const task of open) draft.apply(task, "abort", actor, { reason });
    draft.abortedBy(actor, given.reason);
  });
}
