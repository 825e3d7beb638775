import type { TaskRow } from "../../read/run-tasks";
import type { TaskDetailRow } from "../../read/task";
import { presentTimeOrNull } from "./time";

/** A task as the list of a run's tasks shows it. */
export function presentTask(row: TaskRow) {
  return {
    id: row.id,
    run_id: row.run_id,
    position: row.position,
    key: row.key,
    name: row.name,
    status: row.status,
    needs: row.needs,
    runs_on: row.runs_on,
    attempt: row.attempt,
    reason: row.reason,
    exit_code: row.exit_code,
    runner_id: row.runner_id,
    runner_name: row.runner_name,
    dispatched_at: presentTimeOrNull(row.dispatched_at),
    started_at: presentTimeOrNull(row.started_at),
    finished_at: presentTimeOrNull(row.finished_at),
  };
}
export type Task = ReturnType<typeof presentTask>;

/** A task with what it executes. */
export function presentTaskDetail(row: TaskDetailRow) {
  const { spec } = row;
  return {
    ...presentTask(row),
    run_number: row.run_number,
    attempt_id: row.attempt_id,
    outputs: row.outputs ?? {},
    spec: {
      run: spec.run,
      shell: spec.shell,
      env: spec.env,
      working_directory: spec.workingDirectory ?? null,
      timeout_seconds: spec.timeoutSeconds ?? null,
    },
  };
}
export type TaskDetail = ReturnType<typeof presentTaskDetail>;
