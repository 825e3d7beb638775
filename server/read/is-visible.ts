import type { Queryable } from "../db/pool";

export type Subject = "run" | "task" | "template" | "runner";

// Primary key lookups; the team is part of the condition, so another team's row is no row.
const QUERIES: Record<Subject, string> = {
  run: "SELECT 1 FROM workflow_run WHERE id = $1 AND team_id = $2",
  task: "SELECT 1 FROM task WHERE id = $1 AND team_id = $2",
  template: "SELECT 1 FROM workflow_template WHERE id = $1 AND team_id = $2",
  runner: "SELECT 1 FROM runner WHERE id = $1 AND team_id = $2 AND revoked_at IS NULL",
};

/** Whether the team has it; asked before a refusal, so that a refusal never tells that another team has it. */
export async function isVisible(
  db: Queryable,
  what: { subject: Subject; id: string; teamId: string },
): Promise<boolean> {
  const { rows } = await db.query(QUERIES[what.subject], [what.id, what.teamId]);
  return rows.length > 0;
}
