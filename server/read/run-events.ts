import type { EventType } from "../core/status";
import type { Queryable } from "../db/pool";
import type { Creator } from "./run";

export interface EventRow {
  number: number;
  type: EventType;
  task_id: string | null;
  task_key: string | null;
  at: Date;
  actor_type: Creator["type"];
  actor_id: string | null;
  actor_name: string;
  data: Record<string, unknown>;
}

/** A run's events after a number, in order. The caller knows that the team may see the run. */
export async function readRunEvents(
  db: Queryable,
  which: { runId: string; after: number; limit: number },
): Promise<EventRow[]> {
  // Numbers are given under the run's lock, so a smaller one never appears after a larger one was read.
  const { rows } = await db.query<EventRow>(
    `SELECT e.number, e.type, e.task_id, t.key AS task_key, e.at, e.actor_type, e.actor_id, e.actor_name, e.data
     FROM event e LEFT JOIN task t ON t.id = e.task_id
     WHERE e.run_id = $1 AND e.number > $2 ORDER BY e.number LIMIT $3`,
    [which.runId, which.after, which.limit],
  );
  return rows;
}
