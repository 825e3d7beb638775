import type { Actor } from "../core/run-draft";
import { AppError } from "../errors";
import { advanceRuns } from "./advance-run";
import type { Engine } from "./engine";
import { loadTasks } from "./load-tasks";

/**
 * Cancels one task. Canceling a canceled or cancel-requested one changes nothing. Throws `not_found`, and `task_ended`
 * for a task that ended otherwise.
 */
export async function cancelTask(
  engine: Engine,
  given: { teamId: string; taskId: string; actor: Actor; reason?: string },
): Promise<void> {
  const { teamId, taskId, actor } = given;
  await advanceRuns(engine, { by: "task", teamId, taskId }, async ({ tx, drafts }) => {
    const [draft] = drafts;
    const [task] = draft ? await loadTasks(tx, draft, "one", taskId) : [];
    if (!draft || !task) throw new AppError("not_found", "There is no such task");
    if (task.status === "canceled" || task.status === "cancel-requested") return;
    const reason = `canceled by ${actor.name}${given.reason ? `: ${given.reason}` : ""}`;
    if (!draft.apply(task, "cancel", actor, { reason }))
      throw new AppError("task_ended", `Task ${task.key} has ended (${task.status}): there is nothing to cancel`);
  });
}
