import type { LogRow } from "../../read/task-log";
import { presentTime } from "./time";

/** One piece of a task's output. */
export function presentLogEntry(row: LogRow) {
  return { seq: row.seq, stream: row.stream, at: presentTime(row.at), text: row.text };
}
