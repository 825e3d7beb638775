import type { Actor } from "../core/run-draft";
import type { DispatchMode } from "../core/status";
import { AppError } from "../errors";
import { advanceRuns } from "./advance-run";
import type { Engine } from "./engine";
import { lockedRun } from "./locked-run";

/**
 * Switches a run between manual and auto; switching to auto dispatches what is ready. The same mode again changes
 * nothing. Throws `not_found`, and `run_aborted` or `run_settled` where nothing can be dispatched any more.
 */
export async function setDispatchMode(
  engine: Engine,
  given: { teamId: string; runId: string; actor: Actor; dispatch: DispatchMode },
): Promise<void> {
  const { teamId, runId, actor, dispatch } = given;
  await advanceRuns(engine, { by: "run", teamId, runId }, async ({ drafts }) => {
    const draft = lockedRun(drafts);
    const { run } = draft;
    if (run.aborted) throw new AppError("run_aborted", `Run #${run.number} is aborted`);
    if (run.status === "success") throw new AppError("run_settled", `Run #${run.number} has succeeded`);
    if (run.dispatch === dispatch) return;
    draft.record("workflow_run.dispatch_mode_changed", null, actor, { from: run.dispatch, dispatch });
    run.dispatch = dispatch;
  });
}
