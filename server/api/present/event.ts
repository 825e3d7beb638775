import type { EventRow } from "../../read/run-events";
import { presentTime } from "./time";

/** An event, the same in lists and streams; `task_id` and `task_key` are absent for events of the run itself. */
export function presentEvent(row: EventRow) {
  return {
    number: row.number,
    type: row.type,
    ...(row.task_id === null ? {} : { task_id: row.task_id, task_key: row.task_key ?? "" }),
    at: presentTime(row.at),
    actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
    data: row.data,
  };
}
export type EventItem = ReturnType<typeof presentEvent>;
