import { wide } from "./shapes.mjs";
import { slotRunner } from "./slot-runner.mjs";

/**
 * Starts a run of independent tasks in auto mode and has one runner hold all of them, all running.
 * @param {import("../row.mjs").Env} env
 * @param {number} count
 */
export async function holdTasks(env, count) {
  const { token } = await env.newRunner(`holder-${Date.now()}`);
  const runner = slotRunner({ port: env.port, token, slots: count });
  const run = await env.api("POST", "/workflow-runs", { definition: wide("held", count), dispatch: "auto" });
  /** @type {{ attempt_id: string, task_id: string }[]} */
  const assigned = [];
  const held = () => assigned.map(({ attempt_id }) => ({ attempt_id, status: "queued" }));
  while (assigned.length < count) {
    const answer = await runner.sync({ held: held(), free_slots: count - assigned.length, wait_ms: 5_000 });
    assigned.push(...answer.assignments);
  }
  /** Reports one status for all of these, in one request. */
  const report = async (/** @type {string[]} */ attemptIds, status = "success") => {
    const at = new Date().toISOString();
    const answer = await runner.sync({ reports: attemptIds.map((attempt_id) => ({ attempt_id, status, at })) });
    if (answer.reports.some((/** @type {{ accepted: boolean }} */ one) => !one.accepted))
      throw new Error(`a report was refused: ${JSON.stringify(answer.reports)}`);
  };
  // What runs keeps its lease for five minutes and is never sent again: nothing need be listed as held from here on.
  await report(
    assigned.map(({ attempt_id }) => attempt_id),
    "running",
  );
  return {
    run,
    token,
    runner,
    report,
    attempts: assigned.map(({ attempt_id: attemptId, task_id: taskId }) => ({ attemptId, taskId })),
  };
}
