import type { Actor, RunDraft } from "../core/run-draft";
import type { Tx } from "../db/pool";
import { TASK_COLUMNS, type TaskRow, taskFacts } from "./load-tasks";

// One row per task that waits for any of the given ones, with how many of them it waits for. Runs under the lock of the
// tasks' runs. Relies on the primary key (needs_task_id, task_id) of dependency.
const DEPENDENTS = `
SELECT ${TASK_COLUMNS}, d.met FROM (
  SELECT task_id, count(*)::int AS met FROM dependency WHERE needs_task_id = ANY($1::uuid[]) GROUP BY task_id
) d JOIN task t ON t.id = d.task_id ORDER BY t.run_id, t.position`;

/** Counts down what the dependents of newly succeeded tasks wait for; auto mode dispatches those that became ready. */
export async function unlockDependents(tx: Tx, drafts: RunDraft[], actor: Actor): Promise<void> {
  const succeeded = drafts.flatMap((draft) => draft.succeeded.map((task) => task.id));
  if (succeeded.length === 0) return;
  const { rows } = await tx.query<TaskRow & { met: number }>({
    name: "load_dependents",
    text: DEPENDENTS,
    values: [succeeded],
  });
  const draftOf = new Map(drafts.map((draft) => [draft.run.id, draft]));
  for (const row of rows) {
    const draft = draftOf.get(row.run_id);
    if (!draft) throw new Error(`run ${row.run_id} is not locked`);
    const task = draft.take(taskFacts(row));
    draft.meetNeeds(task, row.met);
    if (task.status === "created" && draft.mayAutoDispatch) draft.apply(task, "dispatch", actor);
  }
}
