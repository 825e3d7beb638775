import { wide } from "./shapes.mjs";
import { slotRunner } from "./slot-runner.mjs";

/**
 * Starts a run of independent tasks in auto mode and has one runner hold all of them.
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
  return {
    run,
    token,
    runner,
    attempts: assigned.map(({ attempt_id: attemptId, task_id: taskId }) => ({ attemptId, taskId })),
    /** Reports one status for all of these, in one request. */
    report: async (/** @type {string[]} */ attemptIds, status = "success") => {
      const at = new Date().toISOString();
      const answer = await runner.sync({ reports: attemptIds.map((attempt_id) => ({ attempt_id, status, at })) });
      if (answer.reports.some((/** @type {{ accepted: boolean }} */ report) => !report.accepted))
        throw new Error(`a report was refused: ${JSON.stringify(answer.reports)}`);
    },
  };
}
