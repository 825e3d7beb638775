// Row 10, second half: 500 people watch one run while things happen in it.
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../clock.mjs";
import { childProgram } from "../load/child-program.mjs";
import { holdTasks } from "../load/held-tasks.mjs";
import { productCpu } from "../load/product-cpu.mjs";
import { atMost } from "../load/reached.mjs";
import { quantile } from "../statistics.mjs";

const VIEWERS = 500;
/** So many arrive together. */
const AT_ONCE = 50;
const EVENTS_PER_SECOND = 20;

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "viewers",
  title: "500 event-stream viewers of one run, 20 events a second",
  unit: "ms",
  target: { text: "<= 300", reached: ({ delayP95 }) => atMost(delayP95, 300) },
  figures: {
    delayP95: { label: "event to viewer, p95", digits: 1 },
    delayP50: { label: "event to viewer, p50", digits: 1 },
    wrong: {
      label: "events missing, twice or out of order",
      unit: "events",
      target: { text: "0", reached: ({ wrong }) => atMost(wrong, 0) },
    },
    eventsPerSecond: { label: "pace that was kept", unit: "events/s", digits: 1 },
    cpuPercent: { label: "CPU, web and PostgreSQL", unit: "% of a core", digits: 0 },
  },
  once: true,
  measure: async (env) => {
    const seconds = env.quick ? 8 : 20;
    const held = await holdTasks(env, seconds * EVENTS_PER_SECOND + 1);
    const program = childProgram("./viewers-program.mjs");
    try {
      const head = await lastNumber(env, held.run.id);
      const path = `/api/v1/workflow-runs/${held.run.id}/stream`;
      for (let open = AT_ONCE; open <= VIEWERS; open += AT_ONCE) {
        await program.ask("watch", { port: env.port, path, token: env.apiToken, count: AT_ONCE, after: head });
        await until(`${open} streams open`, async () => (await program.ask("status")).open === open, {
          everyMs: 50,
          withinMs: 30_000,
        });
      }
      const cpuBefore = productCpu(env);
      const start = performance.now();
      await happen(held, start);
      const elapsed = (performance.now() - start) / 1_000;
      const cpu = productCpu(env) - cpuBefore;
      const last = head + held.attempts.length - 1;
      await until("every event at every viewer", async () => (await program.ask("status")).slowest >= last, {
        everyMs: 50,
        withinMs: 60_000,
      });
      const { wrong, troubles } = await program.ask("status");
      if (troubles.length > 0) throw new Error(`viewers: ${troubles[0]}`);
      const delays = await program.ask("take");
      return {
        figures: {
          delayP95: quantile(delays, 0.95),
          delayP50: quantile(delays, 0.5),
          wrong,
          eventsPerSecond: (held.attempts.length - 1) / elapsed,
          cpuPercent: (cpu / elapsed) * 100,
        },
      };
    } finally {
      await program.ask("stop");
      held.runner.close();
    }
  },
};

/** One task after the other ends, each with one event, at a fixed pace; the run itself stays unfinished. */
async function happen(/** @type {Awaited<ReturnType<typeof holdTasks>>} */ held, /** @type {number} */ start) {
  for (const [n, { attemptId }] of held.attempts.slice(1).entries()) {
    await sleep(Math.max(0, start + (n * 1_000) / EVENTS_PER_SECOND - performance.now()));
    await held.report([attemptId]);
  }
}

/** @param {import("../row.mjs").Env} env @param {string} runId */
async function lastNumber(env, runId) {
  for (let after = 0; ; ) {
    const { items, next_after } = await env.api("GET", `/workflow-runs/${runId}/events?after=${after}`);
    if (items.length === 0) return after;
    after = next_after;
  }
}
