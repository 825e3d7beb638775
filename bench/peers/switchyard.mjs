/** Switchyard as users run it: graphs are submitted by REST, worked on by the runner client beside this file. */
import { startRunnerClient } from "./runner-client.mjs";

/** @type {import("../peer.mjs").Tuning} */
export const tuning = {
  noop: { slots: 256, batch: 256 },
  best: { slots: 256, batch: 256 },
  chain: { slots: 10, batch: 10 },
  fan: { slots: 100, batch: 100 },
  slots: (slots) => ({ slots, batch: slots }),
};

const TASKS_PER_RUN = 500;

/** A client of the server that runs already; every worker gets a runner of its own. @param {import("../row.mjs").Env} env */
export async function open(env) {
  /** @type {string[]} */
  const runners = [];
  /** @type {Set<string>} */
  const unsettled = new Set();

  async function submitDag(/** @type {import("../dag.mjs").Dag} */ dag) {
    const run = await env.api("POST", "/workflow-runs", { definition: definitionOf(dag), dispatch: "auto" });
    unsettled.add(run.id);
    return run.id;
  }

  return {
    async workerSettings(/** @type {number} */ index) {
      const { id, token } = await env.newRunner(`bench ${index}`);
      runners.push(id);
      return { port: env.port, token };
    },
    async submitNoops(/** @type {number} */ n) {
      for (let from = 0; from < n; from += TASKS_PER_RUN) {
        const length = Math.min(TASKS_PER_RUN, n - from);
        await submitDag({ shape: "independent", n: length, kind: "noop", edges: [] });
      }
    },
    submitDag,
    async isSettled() {
      for (const id of unsettled) {
        const { settled, status } = await env.api("GET", `/workflow-runs/${id}`);
        if (!settled) return false;
        if (status !== "success") throw new Error(`run ${id} ended as ${status}`);
        unsettled.delete(id);
      }
      return true;
    },
    enginePids: () => [env.pids().launcher],
    async close() {
      // What a measurement that failed has left must not go to the workers of the next one.
      for (const id of unsettled) await env.api("POST", `/workflow-runs/${id}/abort`, { reason: "measurement ended" });
      for (const id of runners) await env.api("DELETE", `/runners/${id}`);
    },
  };
}

/** @param {import("../dag.mjs").Dag} dag */
function definitionOf({ shape, n, kind, edges }) {
  const needs = Array.from({ length: n }, () => /** @type {string[]} */ ([]));
  for (const [from, to] of edges) needs[to]?.push(`t${from}`);
  // The command only names the work: the worker does what every other side's worker does (task-body.mjs).
  const steps = Object.fromEntries(needs.map((keys, task) => [`t${task}`, { run: kind, needs: keys }]));
  return { name: `bench ${shape}`, steps };
}

/**
 * A runner that speaks the protocol and does the tasks of the benchmark.
 * @param {{ port: number, token: string }} settings
 * @param {import("../peer.mjs").WorkerOptions} options
 * @param {import("../peer.mjs").Execute} execute
 */
export async function startWorker(settings, { slots }, execute) {
  return startRunnerClient(settings, slots, ({ run_id: run, key, spec }) =>
    execute(run, Number(key.slice(1)), spec.run),
  );
}
