/**
 * The graphs that are run. Tasks are numbered from 0, an edge is [from, to].
 * @module
 *
 * `kind` names the work of every task (task-body.mjs); `sleeps` are the milliseconds that each task of a kind `sleep:…` takes.
 * @typedef {{ shape: string, n: number, kind: string, edges: [number, number][], sleeps?: number[] }} Dag
 */

/**
 * One task after another.
 * @param {number} n
 * @param {string} [kind]
 * @returns {Dag}
 */
export function chainDag(n, kind = "noop") {
  return { shape: "chain", n, kind, edges: Array.from({ length: n - 1 }, (_, i) => [i, i + 1]) };
}

/**
 * One task, then `width` at once, then one.
 * @param {number} width
 * @returns {Dag}
 */
export function fanDag(width) {
  const middle = Array.from({ length: width }, (_, i) => i + 1);
  return {
    shape: "fan",
    n: width + 2,
    kind: "noop",
    edges: middle.flatMap(
      (i) =>
        /** @type {[number, number][]} */ ([
          [0, i],
          [i, width + 1],
        ]),
    ),
  };
}

/**
 * Tasks that need nothing.
 * @param {number} n
 * @param {string} [kind]
 * @returns {Dag}
 */
export function independentDag(n, kind = "noop") {
  return { shape: "independent", n, kind, edges: [] };
}

/**
 * 160 tasks of 10 to 200 ms in 8 layers, each needing one to three of the layer before: always the same graph.
 * @returns {Dag}
 */
export function meshDag() {
  const [n, layers] = [160, 8];
  const perLayer = n / layers;
  const random = seededRandom(7);
  /** @type {[number, number][]} */
  const edges = [];
  for (let task = perLayer; task < n; task++) {
    const before = (Math.floor(task / perLayer) - 1) * perLayer;
    const needs = 1 + Math.floor(random() * 3);
    const drawn = Array.from({ length: needs }, () => before + Math.floor(random() * perLayer));
    for (const from of new Set(drawn)) edges.push([from, task]);
  }
  const sleeps = Array.from({ length: n }, (_, task) => 10 + ((Math.imul(task + 1, 2654435761) >>> 0) % 191));
  return { shape: "mesh", n, kind: "sleep:mesh", edges, sleeps };
}

/**
 * Numbers from 0 to 1, always the same for a seed (mulberry32).
 * @param {number} seed
 */
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * How many tasks each task waits for.
 * @param {Dag} dag
 */
export function needCounts({ n, edges }) {
  const counts = new Array(n).fill(0);
  for (const [, to] of edges) counts[to]++;
  return counts;
}
