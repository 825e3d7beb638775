// Row 8: a thousand one-slot runners over real HTTP, each with a token and a connection of its own.
import { setTimeout as sleep } from "node:timers/promises";
import { largestMemory } from "../load/process-memory.mjs";
import { productCpu } from "../load/product-cpu.mjs";
import { productDatabase } from "../load/product-database.mjs";
import { atLeast, atMost } from "../load/reached.mjs";
import { startFleet } from "../load/runner-fleet.mjs";
import { wide } from "../load/shapes.mjs";
import { quantile } from "../statistics.mjs";

const RUNNERS = 1_000;
/** Tasks come as runs of so many; a thousand a second are ten such runs. */
const BATCH = 100;
const BATCHES_PER_SECOND = 10;
/** A thousand new connections at once are a burst; the server gives back what it opened for it after 10 s. */
const CALM_MS = 12_000;

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "runners",
  title: "1,000 one-slot runners over HTTP",
  unit: "dispatches/s",
  target: { text: ">= 1,000", reached: ({ maxPerSecond }) => atLeast(maxPerSecond, 1_000) },
  figures: {
    maxPerSecond: { label: "10,000 tasks ready at once", digits: 0 },
    pacedPerSecond: { label: "1,000 tasks/s offered for 20 s", digits: 0 },
    offeredPerSecond: { label: "tasks/s that could be created beside it", digits: 0 },
    readyToAssignedP50: { label: "ready to assigned, p50", unit: "ms", digits: 0 },
    readyToAssignedP99: {
      label: "ready to assigned, p99",
      unit: "ms",
      digits: 0,
      target: { text: "<= 500", reached: ({ readyToAssignedP99 }) => atMost(readyToAssignedP99, 500) },
    },
    duplicates: {
      label: "given out twice",
      unit: "tasks",
      target: { text: "0", reached: ({ duplicates }) => atMost(duplicates, 0) },
    },
    repeated: { label: "requests that had to be repeated", unit: "" },
    parkedCpuPercent: { label: "parked: CPU, web and PostgreSQL", unit: "% of a core", digits: 1 },
    parkedWebMegabytes: { label: "parked: memory, web", unit: "MB", digits: 0 },
    parkedConnections: {
      label: "parked: database connections",
      unit: "",
      target: { text: "<= 5", reached: ({ parkedConnections }) => atMost(parkedConnections, 5) },
    },
    parkedQueriesPerSecond: {
      label: "parked: statements",
      unit: "/s",
      digits: 1,
      target: { text: "<= 60", reached: ({ parkedQueriesPerSecond }) => atMost(parkedQueriesPerSecond, 60) },
    },
  },
  once: true,
  measure: async (env) => {
    const fleet = await startFleet(env, RUNNERS);
    const database = await productDatabase(env);
    try {
      const parked = await measureParked(env, { database, seconds: env.quick ? 15 : 40 });
      const seen = { tasks: new Set(), attempts: new Set(), duplicates: 0 };
      const paced = await measurePaced(env, { fleet, seen, database });
      const drain = await measureDrain(env, { fleet, seen });
      const { troubles, lastTrouble } = await fleet.status();
      if (troubles > 0) env.say(`runners: ${troubles} requests had to be repeated, the last after: ${lastTrouble}`);
      return { figures: { ...drain, ...paced, duplicates: seen.duplicates, repeated: troubles, ...parked } };
    } finally {
      await fleet.stop();
      await database.end();
    }
  },
};

/**
 * Nothing to do: what a thousand parked runners cost.
 * @param {import("../row.mjs").Env} env
 * @param {{ database: Awaited<ReturnType<typeof productDatabase>>, seconds: number }} given
 */
async function measureParked(env, { database, seconds }) {
  await sleep(CALM_MS);
  const statements = await database.countStatements();
  const cpuBefore = productCpu(env);
  const start = performance.now();
  let connections = 0;
  for (let second = 0; second < seconds; second++) {
    await sleep(1_000);
    connections = Math.max(connections, await database.connections());
  }
  const elapsed = (performance.now() - start) / 1_000;
  const cpu = productCpu(env) - cpuBefore;
  // What this looked itself, once a second, is not the product's.
  const count = (await statements.stop()) - seconds;
  return {
    parkedCpuPercent: (cpu / elapsed) * 100,
    parkedWebMegabytes: largestMemory(env.pids().web),
    parkedConnections: connections,
    parkedQueriesPerSecond: count / elapsed,
  };
}

/**
 * A thousand tasks a second in runs of a hundred, for as long as said; from the task's `dispatched_at`, which is the
 * database's time at the start of the creating transaction, to the arrival of the answer at the runner.
 * @param {import("../row.mjs").Env} env
 * @param {{ fleet: Fleet, seen: Seen, database: Awaited<ReturnType<typeof productDatabase>> }} given
 */
async function measurePaced(env, { fleet, seen, database }) {
  const batches = (env.quick ? 5 : 20) * BATCHES_PER_SECOND;
  const start = performance.now();
  const runs = await Promise.all(
    Array.from({ length: batches }, async (_, n) => {
      await sleep((n * 1_000) / BATCHES_PER_SECOND);
      return env.api("POST", "/workflow-runs", { definition: wide("paced", BATCH), dispatch: "auto" });
    }),
  );
  const offeredSeconds = (performance.now() - start) / 1_000;
  await fleet.assigned(batches * BATCH, 120_000);
  const assigned = note(seen, await fleet.take());
  const dispatchedAt = await readDispatched(
    database,
    runs.map((run) => run.id),
  );
  const delays = assigned.map(({ taskId, at }) => at - (dispatchedAt.get(taskId) ?? Number.NaN));
  return {
    offeredPerSecond: (batches * BATCH) / offeredSeconds,
    pacedPerSecond: perSecond(assigned),
    readyToAssignedP50: quantile(delays, 0.5),
    readyToAssignedP99: quantile(delays, 0.99),
  };
}

/**
 * Many tasks at once: twenty runs that are made in manual mode and switched to auto together.
 * @param {import("../row.mjs").Env} env
 * @param {{ fleet: Fleet, seen: Seen }} given
 */
async function measureDrain(env, { fleet, seen }) {
  await fleet.parked();
  const size = env.quick ? 250 : 500;
  const ids = [];
  for (let n = 0; n < 20; n++)
    ids.push((await env.api("POST", "/workflow-runs", { definition: wide("drain", size), dispatch: "manual" })).id);
  await Promise.all(ids.map((id) => env.api("POST", `/workflow-runs/${id}/dispatch-mode`, { dispatch: "auto" })));
  await fleet.assigned(size * 20, 120_000);
  return { maxPerSecond: perSecond(note(seen, await fleet.take())) };
}

/** @typedef {Awaited<ReturnType<typeof startFleet>>} Fleet */
/** @typedef {{ tasks: Set<string>, attempts: Set<string>, duplicates: number }} Seen */

/** Counts what was given out twice. @param {Seen} seen @param {{ taskId: string, attemptId: string, at: number }[]} assigned */
function note(seen, assigned) {
  for (const { taskId, attemptId } of assigned) {
    if (seen.tasks.has(taskId) || seen.attempts.has(attemptId)) seen.duplicates += 1;
    seen.tasks.add(taskId);
    seen.attempts.add(attemptId);
  }
  return assigned;
}

/** @param {{ at: number }[]} assigned */
function perSecond(assigned) {
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const { at } of assigned) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  return (assigned.length / (last - first)) * 1_000;
}

/** @param {Awaited<ReturnType<typeof productDatabase>>} database @param {string[]} runIds */
async function readDispatched(database, runIds) {
  const { rows } = await database.client.query("SELECT id, dispatched_at FROM task WHERE run_id = ANY($1::uuid[])", [
    runIds,
  ]);
  return new Map(rows.map((task) => [task.id, task.dispatched_at.getTime()]));
}
