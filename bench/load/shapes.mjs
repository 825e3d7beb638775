/** The command of every task that no shell is asked to run. */
const NO_OP = ":";

/**
 * A workflow definition of independent no-op steps.
 * @param {string} name
 * @param {number} count
 */
export function wide(name, count) {
  return workflow(name, count, () => []);
}

/** Wide enough that a runner of 256 slots is filled by one layer, and the same for every size. */
const WIDTH = 250;

/**
 * Layers of 250 steps; each step needs two of the layer above.
 * @param {string} name
 * @param {number} count
 */
export function layered(name, count) {
  return workflow(name, count, (n) => {
    const above = (Math.floor(n / WIDTH) - 1) * WIDTH;
    if (above < 0) return [];
    return [above + (n % WIDTH), above + ((n + 1) % WIDTH)];
  });
}

/**
 * One step, then all but two, then one.
 * @param {string} name
 * @param {number} count
 */
export function fan(name, count) {
  const last = count - 1;
  return workflow(name, count, (n) => {
    if (n === 0) return [];
    return n < last ? [0] : Array.from({ length: count - 2 }, (_, middle) => middle + 1);
  });
}

/** @param {string} name @param {number} count @param {(n: number) => number[]} needsOf */
function workflow(name, count, needsOf) {
  const steps = Object.fromEntries(
    Array.from({ length: count }, (_, n) => {
      const needs = [...new Set(needsOf(n))].map(key);
      return [key(n), needs.length === 0 ? { run: NO_OP } : { needs, run: NO_OP }];
    }),
  );
  return { name, steps };
}

/** @param {number} n */
function key(n) {
  return `t${n}`;
}
