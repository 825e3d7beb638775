import { readRunPlan } from "../../read/run-plan";
import { readTasksById } from "../../read/run-tasks";
import type { Db } from "../caller";
import { presentTask } from "../present/task";
import { found } from "./found";

interface Dispatched {
  taskIds: string[];
  reason?: "dependencies not satisfied" | "no ready tasks";
}

/** What dispatch-ready did, or why nothing could be dispatched, and what is still held back. */
export async function dispatchAnswer(db: Db, which: { teamId: string; runId: string }, result: Dispatched) {
  const { blocked } = found(await readRunPlan(db, which), "run");
  const [first] = result.taskIds;
  if (first === undefined)
    return { run_id: which.runId, dispatched: false as const, reason: result.reason ?? "no ready tasks", blocked };
  const tasks = await readTasksById(db, { ...which, taskIds: result.taskIds });
  return {
    run_id: which.runId,
    dispatched: true as const,
    task_id: first,
    task_ids: result.taskIds,
    tasks: tasks.map(presentTask),
    blocked,
  };
}
