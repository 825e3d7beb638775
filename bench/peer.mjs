/**
 * What one side of the comparison offers to the measurements. A peer module is `bench/peers/<side>.mjs` and exports
 * `tuning`, `open` and `startWorker`. It is loaded by the benchmark, and by every worker process (worker-host.mjs).
 * @module
 *
 * How many tasks a worker has at once, and how many it takes in one go; found by measuring.
 * @typedef {{ slots: number, batch: number }} WorkerOptions
 *
 * `noop` has the same 256 slots on all sides, `best` is what the side is fastest with.
 * @typedef {{ noop: WorkerOptions, best: WorkerOptions, chain: WorkerOptions, fan: WorkerOptions, slots: (slots: number) => WorkerOptions }} Tuning
 *
 * Does one task and notes when it began and ended.
 * @typedef {(run: string | number, task: number, kind: string) => Promise<void>} Execute
 *
 * A side that is up and empty. `workerSettings` is passed to the worker processes as JSON, `enginePids` are the processes
 * that belong to it beside PostgreSQL.
 * @typedef {{
 *   workerSettings: (index: number) => Promise<{ [name: string]: unknown }>,
 *   submitNoops: (n: number) => Promise<void>,
 *   submitDag: (dag: import("./dag.mjs").Dag) => Promise<string | number>,
 *   isSettled: () => Promise<boolean>,
 *   enginePids: () => number[],
 *   close: () => Promise<void>,
 * }} Stage
 *
 * @typedef {{
 *   tuning: Tuning,
 *   open: (env: import("./row.mjs").Env) => Promise<Stage>,
 *   startWorker: (settings: any, options: WorkerOptions, execute: Execute) => Promise<{ stop: () => Promise<void> }>,
 * }} Peer
 */

/**
 * Where the module of a side is.
 * @param {import("./row.mjs").Side} side
 */
export function peerUrl(side) {
  return new URL(`./peers/${side}.mjs`, import.meta.url).href;
}

/**
 * The module of a side.
 * @param {import("./row.mjs").Side} side
 * @returns {Promise<Peer>}
 */
export function loadPeer(side) {
  return import(peerUrl(side));
}
