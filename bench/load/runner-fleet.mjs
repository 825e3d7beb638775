import { until } from "../clock.mjs";
import { childProgram } from "./child-program.mjs";

/** How many runners are made at once: their creation is not what is measured. */
const MAKERS = 16;

/**
 * Makes runners and starts them in a process of their own; resolves when each has a sync parked at the server. Their
 * first waits are spread over the whole period, as those of runners that were started one by one are.
 * @param {import("../row.mjs").Env} env
 * @param {number} count
 */
export async function startFleet(env, count) {
  const tokens = await makeRunners(env, count);
  const program = childProgram("./fleet-program.mjs");
  await program.ask("start", {
    runners: tokens.map((token, n) => ({
      port: env.port,
      token,
      firstWaitMs: 5_000 + Math.floor((n / count) * 25_000),
    })),
  });
  const fleet = {
    status: () => program.ask("status"),
    /** What was assigned since the last call: `{ taskId, attemptId, runId, at }`. */
    take: () => program.ask("take"),
    /** Waits until all are parked and nothing has been said for a moment. */
    parked: () =>
      until(
        "all runners parked",
        async () => {
          const { parked, quietMs } = await program.ask("status");
          return parked === count && quietMs > 100;
        },
        { everyMs: 50, withinMs: 60_000 },
      ),
    /** @param {number} total @param {number} withinMs */
    assigned: (total, withinMs) =>
      until(`${total} tasks assigned`, async () => (await program.ask("status")).assigned >= total, {
        everyMs: 50,
        withinMs,
      }),
    stop: () => program.ask("stop"),
  };
  await fleet.parked();
  return fleet;
}

/** @param {import("../row.mjs").Env} env @param {number} count */
async function makeRunners(env, count) {
  /** @type {string[]} */
  const tokens = [];
  let next = 0;
  const make = async () => {
    for (let n = next++; n < count; n = next++) tokens.push((await env.newRunner(`fleet-${Date.now()}-${n}`)).token);
  };
  await Promise.all(Array.from({ length: MAKERS }, make));
  return tokens;
}
