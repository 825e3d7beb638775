import type { RunnerRow } from "../../read/runner-list";
import { presentTime, presentTimeOrNull } from "./time";

/** A runner as lists show it; never its token. */
export function presentRunner(row: RunnerRow) {
  return { ...row, created_at: presentTime(row.created_at), last_seen_at: presentTimeOrNull(row.last_seen_at) };
}
export type Runner = ReturnType<typeof presentRunner>;
