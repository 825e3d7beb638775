import { isFailure, type TaskStatus } from "../../../core/status";
import type { World, WorldRun } from "./world";

interface SaidPlan {
  ready: { key: string; reasons: unknown[] }[];
  blocked: { key: string; reasons: { code: string }[] }[];
}

/** Of a run that does not move by itself: every task that is not over is ready or held back for a named reason. */
export async function checkPlan(world: World, run: WorldRun): Promise<void> {
  const dice = world.dice(5);
  const get = async (path: string) => {
    const message = { method: "GET", path: `/api/v1/workflow-runs/${run.id}${path}`, token: world.apiToken } as const;
    const answer = await world.send(world.host(dice), message);
    return answer?.status === 200 ? answer.text : null;
  };
  const [before, planText, after] = [await get("/tasks"), await get("/plan"), await get("/tasks")];
  // A late repeat may still move it: the plan can only be judged if it was told of the same state.
  if (before === null || planText === null || before !== after) return;
  const tasks = (JSON.parse(before) as { items: { key: string; status: TaskStatus }[] }).items;
  const plan = JSON.parse(planText) as SaidPlan;
  const ready = new Set(plan.ready.map((task) => task.key));
  const blocked = new Map(plan.blocked.map((task) => [task.key, task.reasons]));
  for (const { key, status } of tasks) {
    const isOver = status === "success" || status === "skipped" || status === "running" || isFailure(status);
    if (ready.has(key) && blocked.has(key)) world.violate(`the plan has ${key} as ready and as held back`);
    if (!isOver && !ready.has(key) && (blocked.get(key) ?? []).length === 0)
      world.violate(`the plan gives no reason why ${key} (${status}) does not run`);
    if (status === "submit-failed" && !ready.has(key))
      world.violate(`${key} is submit-failed and cannot be dispatched`);
    if (isOver && status !== "submit-failed" && ready.has(key))
      world.violate(`the plan has ${key} (${status}) as ready`);
  }
}
