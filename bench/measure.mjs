import { setTimeout as sleep } from "node:timers/promises";
import { now, until } from "./clock.mjs";
import { chainDag, fanDag } from "./dag.mjs";
import { Fleet } from "./fleet.mjs";
import { loadPeer } from "./peer.mjs";

/** Between getting ready and measuring, so that what a side does after its start or after a bulk insert is over. */
const CALM_MS = { noops: 300, dags: 400, idle: 10_000, betweenDags: 50 };
const FLUSH_MS = { noops: 50, dags: 5, idle: 1_000 };

/**
 * @typedef {import("./row.mjs").Env} Env
 * @typedef {import("./row.mjs").Side} Side
 * @typedef {import("./peer.mjs").WorkerOptions} WorkerOptions
 *
 * What one graph came to: `totalMs` from its submission until the side's own record says that it is over, `workedMs` from
 * its submission to the end of the last task, `gapsMs` for a chain from the end of each step to the start of the next.
 * @typedef {{ totalMs: number, workedMs: number, gapsMs: number[] }} DagResult
 */

/**
 * Tasks a second: `n` queued no-op tasks, from the first start to the side's own record of the last end.
 * @param {Env} env
 * @param {Side} side
 * @param {{ n: number, workers: number, options: WorkerOptions }} given
 */
export function measureNoops(env, side, { n, workers, options }) {
  return onStage(env, side, { workers, options, flushMs: FLUSH_MS.noops }, async ({ stage, fleet }) => {
    await fleet.ready();
    await stage.submitNoops(n);
    await sleep(CALM_MS.noops);
    await fleet.go();
    await fleet.ended(n);
    const settledAt = await until("the end of all tasks", stage.isSettled);
    if (fleet.duplicates > 0) throw new Error(`${side} ran ${fleet.duplicates} tasks twice`);
    return n / ((Math.max(settledAt, fleet.lastEnd) - fleet.firstStart) / 1000);
  });
}

/**
 * Runs the graphs one after another on one worker that is warm and waits.
 * @param {Env} env
 * @param {Side} side
 * @param {{ dags: import("./dag.mjs").Dag[], options: WorkerOptions }} given
 * @returns {Promise<DagResult[]>}
 */
export function measureDags(env, side, { dags, options }) {
  const sleeps = Object.fromEntries(dags.map((dag) => [dag.kind, dag.sleeps ?? []]));
  return onStage(env, side, { workers: 1, options, flushMs: FLUSH_MS.dags, sleeps }, async ({ stage, fleet }) => {
    await fleet.go();
    await sleep(CALM_MS.dags);
    /** @type {DagResult[]} */
    const results = [];
    for (const dag of dags) {
      fleet.reset();
      const submittedAt = now();
      const run = await stage.submitDag(dag);
      await fleet.ended(dag.n);
      const settledAt = await until("the end of the graph", stage.isSettled);
      results.push({
        totalMs: Math.max(settledAt, fleet.lastEnd) - submittedAt,
        workedMs: fleet.lastEnd - submittedAt,
        gapsMs: dag.shape === "chain" ? gapsOf(fleet.runs.get(run) ?? new Map()) : [],
      });
      await sleep(CALM_MS.betweenDags);
    }
    return results;
  });
}

/**
 * The share of one core that a side uses with one waiting worker and nothing to do, PostgreSQL included, in percent.
 * @param {Env} env
 * @param {Side} side
 * @param {{ seconds: number, options: WorkerOptions }} given
 */
export function measureIdle(env, side, { seconds, options }) {
  return onStage(env, side, { workers: 1, options, flushMs: FLUSH_MS.idle }, async ({ stage, fleet }) => {
    await fleet.go();
    await sleep(CALM_MS.idle);
    const pids = [...fleet.pids(), ...stage.enginePids(), env.pids().postmaster];
    const [from, before] = [now(), env.treeCpu(pids)];
    await sleep(seconds * 1000);
    return (100 * (env.treeCpu(pids) - before)) / ((now() - from) / 1000);
  });
}

/**
 * Has Switchyard do 16,000 tasks that are not measured: its server is the same from the first row to the last, and the first
 * thousands of requests after a start find its code not yet compiled by V8, which a server in use has long behind it.
 * @param {Omit<Env, "sides" | "quick" | "repeat" | "say" | "fail">} shared
 */
export async function warmUp(shared) {
  const env = { ...shared, sides: [], quick: true, repeat: 0, say: () => {}, fail: () => {} };
  const { tuning } = await loadPeer("switchyard");
  await measureDags(env, "switchyard", { dags: [chainDag(2_000)], options: tuning.chain });
  await measureDags(env, "switchyard", { dags: Array.from({ length: 8 }, () => fanDag(500)), options: tuning.fan });
  await measureNoops(env, "switchyard", { n: 10_000, workers: 1, options: tuning.noop });
}

/**
 * From the end of each step of a chain to the start of the next.
 * @param {Map<number, [number, number]>} times
 */
function gapsOf(times) {
  return Array.from({ length: times.size - 1 }, (_, step) => {
    const ended = times.get(step)?.[1] ?? Number.NaN;
    return (times.get(step + 1)?.[0] ?? Number.NaN) - ended;
  });
}

/**
 * Opens a side with its workers, and closes both whatever happens.
 * @template T
 * @param {Env} env
 * @param {Side} side
 * @param {{ workers: number, options: WorkerOptions, flushMs: number, sleeps?: { [kind: string]: number[] } }} given
 * @param {(parts: { stage: import("./peer.mjs").Stage, fleet: Fleet }) => Promise<T>} work
 */
async function onStage(env, side, { workers, ...more }, work) {
  const peer = await loadPeer(side);
  const stage = await peer.open(env);
  try {
    const settings = await Promise.all(Array.from({ length: workers }, (_, index) => stage.workerSettings(index)));
    await env.checkpoint();
    const fleet = new Fleet(side, settings, more);
    try {
      return await work({ stage, fleet });
    } finally {
      await fleet.stop();
    }
  } finally {
    await stage.close();
  }
}
