import type { EventType } from "../core/status";
import type { Queryable } from "../db/pool";

export interface EventRow {
  number: number;
  type: EventType;
  taskId: string | null;
  taskKey: string | null;
  at: number;
  actorType: "user" | "api_token" | "runner" | "system";
  actor: string;
  data: Record<string, unknown>;
}

interface Row {
  number: number;
  type: EventType;
  task_id: string | null;
  task_key: string | null;
  at: Date;
  actor_type: EventRow["actorType"];
  actor_name: string;
  data: Record<string, unknown>;
}

/** Events of a run: after a number, oldest first; or before a number (null: the end), newest first. */
export async function readRunHistory(
  db: Queryable,
  which: { teamId: string; runId: string; limit: number } & ({ after: number } | { before: number | null }),
): Promise<EventRow[]> {
  const forward = "after" in which;
  const { rows } = await db.query<Row>(
    `SELECT e.number, e.type, e.task_id, t.key AS task_key, e.at, e.actor_type, e.actor_name, e.data
       FROM event e JOIN workflow_run r ON r.id = e.run_id LEFT JOIN task t ON t.id = e.task_id
      WHERE e.run_id = $1 AND r.team_id = $2 AND ${forward ? "e.number > $3" : "($3::int IS NULL OR e.number < $3)"}
      ORDER BY e.number ${forward ? "ASC" : "DESC"} LIMIT $4`,
    [which.runId, which.teamId, forward ? which.after : which.before, which.limit],
  );
  return rows.map((row) => ({
    number: row.number,
    type: row.type,
    taskId: row.task_id,
    taskKey: row.task_key,
    at: row.at.getTime(),
    actorType: row.actor_type,
    actor: row.actor_name,
    data: row.data,
  }));
}
