import type { TaskSpec } from "../core/workflow-definition";
import type { Queryable } from "../db/pool";
import { readNeeds, TASK_COLUMNS, type TaskRow } from "./run-tasks";

export interface TaskDetailRow extends TaskRow {
  run_number: number;
  spec: TaskSpec;
  outputs: Record<string, string> | null;
}

/** A task of the team with what it executes and what its newest attempt gave out, or null. */
export async function readTask(
  db: Queryable,
  which: { teamId: string; taskId: string },
): Promise<TaskDetailRow | null> {
  const { rows } = await db.query<Omit<TaskDetailRow, "needs">>(
    `SELECT ${TASK_COLUMNS}, r.number AS run_number, t.spec, a.outputs
     FROM task t JOIN workflow_run r ON r.id = t.run_id
     LEFT JOIN runner rn ON rn.id = t.runner_id LEFT JOIN attempt a ON a.id = t.attempt_id
     WHERE t.id = $1 AND t.team_id = $2`,
    [which.taskId, which.teamId],
  );
  const row = rows[0];
  if (!row) return null;
  const needs = await readNeeds(db, { runId: row.run_id, taskIds: [row.id] });
  return { ...row, needs: needs.get(row.id) ?? [] };
}
