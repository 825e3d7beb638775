import type { Actor, RunDraft } from "../core/run-draft";
import { TASK_COLUMNS, type TaskRow, taskFacts } from "./load-tasks";

/** A task that waits for some of the tasks it was looked up by. */
export interface Dependent extends TaskRow {
  needs: string[];
}

/**
 * One row per task that waits for the task of any attempt of $9, with the ones it waits for. Runs under the lock of the
 * tasks' runs. Relies on the primary keys of attempt and dependency (needs_task_id, task_id).
 */
export const DEPENDENTS = `
SELECT ${TASK_COLUMNS}, d.needs FROM (
  SELECT task_id, array_agg(needs_task_id) AS needs FROM dependency
  WHERE needs_task_id IN (SELECT task_id FROM attempt WHERE id = ANY($9::uuid[])) GROUP BY task_id
) d JOIN task t ON t.id = d.task_id ORDER BY t.run_id, t.position`;

/** Counts down what the dependents of newly succeeded tasks wait for; auto mode dispatches those that became ready. */
export function unlockDependents(drafts: RunDraft[], dependents: Dependent[], actor: Actor): void {
  const succeeded = new Set(drafts.flatMap((draft) => draft.succeeded.map((task) => task.id)));
  const draftOf = new Map(drafts.map((draft) => [draft.run.id, draft]));
  for (const row of dependents) {
    const met = row.needs.filter((id) => succeeded.has(id)).length;
    if (met === 0) continue;
    const draft = draftOf.get(row.run_id);
    if (!draft) throw new Error(`run ${row.run_id} is not locked`);
    const task = draft.take(taskFacts(row));
    draft.meetNeeds(task, met);
    if (task.status === "created" && draft.mayAutoDispatch) draft.apply(task, "dispatch", actor);
  }
}
