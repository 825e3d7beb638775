import { noTasks } from "../../core/status";
import type { RunRow } from "../../read/run";
import { presentTime, presentTimeOrNull } from "./time";

/** A run without the ids of its tasks. */
export function presentRunHead(row: RunRow) {
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    title: row.title,
    status: row.status,
    settled: row.settled,
    paused: row.paused,
    dispatch: row.dispatch,
    on_failure: row.on_failure,
    workflow_template_id: row.template_id,
    workflow_template_version: row.template_version,
    counts: { ...noTasks(), ...row.counts },
    last_event_number: row.last_event_number,
    created_by: row.created_by,
    created_at: presentTime(row.created_at),
    started_at: presentTimeOrNull(row.started_at),
    finished_at: presentTimeOrNull(row.finished_at),
  };
}
export type RunHead = ReturnType<typeof presentRunHead>;

/** A run as REST answers it. */
export function presentRun(row: RunRow & { task_ids: string[] }) {
  return { ...presentRunHead(row), task_ids: row.task_ids };
}
export type Run = ReturnType<typeof presentRun>;
