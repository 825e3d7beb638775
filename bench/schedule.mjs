import { needCounts } from "./dag.mjs";

/**
 * What no schedule with so many slots can beat: the longest path, or all work spread evenly, whichever is longer.
 * @param {import("./dag.mjs").Dag} dag
 * @param {number} slots
 */
export function lowerBoundMs(dag, slots) {
  const work = sleepsOf(dag).reduce((sum, ms) => sum + ms, 0);
  return Math.max(greedyMs(dag, dag.n), work / slots);
}

/**
 * How long the graph takes with so many slots when a free slot takes the task that became ready first and nothing costs
 * any time; ties in the order of the tasks.
 * @param {import("./dag.mjs").Dag} dag
 * @param {number} slots
 */
export function greedyMs(dag, slots) {
  const sleeps = sleepsOf(dag);
  const waitsFor = needCounts(dag);
  const dependents = Array.from({ length: dag.n }, () => /** @type {number[]} */ ([]));
  for (const [from, to] of dag.edges) dependents[from]?.push(to);
  const ready = waitsFor.flatMap((count, task) => (count === 0 ? [task] : []));
  /** @type {{ endsAt: number, task: number }[]} */
  const running = [];
  let clock = 0;
  let started = 0;
  while (started < ready.length || running.length > 0) {
    while (started < ready.length && running.length < slots) {
      const task = ready[started++] ?? 0;
      running.push({ endsAt: clock + (sleeps[task] ?? 0), task });
    }
    running.sort((a, b) => a.endsAt - b.endsAt || a.task - b.task);
    const ended = running.shift();
    if (!ended) break;
    clock = ended.endsAt;
    for (const task of dependents[ended.task] ?? []) if (--waitsFor[task] === 0) ready.push(task);
  }
  return clock;
}

/** @param {import("./dag.mjs").Dag} dag */
function sleepsOf({ n, sleeps }) {
  return sleeps ?? new Array(n).fill(0);
}
