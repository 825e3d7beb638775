import { loadPeer } from "./peer.mjs";

/**
 * @typedef {import("./row.mjs").Env} Env
 * @typedef {import("./row.mjs").Side} Side
 * @typedef {import("./row.mjs").Value} Value
 */

/**
 * Measures one side after the other and puts their figures side by side. A side that fails is said and left out; the
 * others go on.
 * @param {Env} env
 * @param {(side: Side, tuning: import("./peer.mjs").Tuning) => Promise<{ [figure: string]: number }>} measure
 * @returns {Promise<{ figures: { [figure: string]: { [side in Side]?: number } } }>}
 */
export async function eachSide(env, measure) {
  /** @type {{ [figure: string]: { [side in Side]?: number } }} */
  const figures = {};
  for (const side of env.sides) {
    try {
      const { tuning } = await loadPeer(side);
      for (const [name, figure] of Object.entries(await measure(side, tuning))) {
        figures[name] = { ...figures[name], [side]: figure };
      }
    } catch (error) {
      env.fail(side, error);
    }
  }
  return { figures };
}

/**
 * Whether Switchyard's figure is at most so many times that of each named side; null where one was not measured.
 * @param {Value | undefined} value
 * @param {{ [side in Side]?: number }} limits
 */
export function isAtMost(value, limits) {
  return holds(value, limits, (ratio, limit) => ratio <= limit);
}

/**
 * Whether Switchyard's figure is at least so many times that of each named side; null where one was not measured.
 * @param {Value | undefined} value
 * @param {{ [side in Side]?: number }} limits
 */
export function isAtLeast(value, limits) {
  return holds(value, limits, (ratio, limit) => ratio >= limit);
}

/**
 * @param {Value | undefined} value
 * @param {{ [side in Side]?: number }} limits
 * @param {(ratio: number, limit: number) => boolean} compare
 */
function holds(value, limits, compare) {
  const verdicts = Object.entries(limits).map(([side, limit]) => {
    const ratio = value?.ratios[/** @type {Side} */ (side)];
    return ratio === undefined ? null : compare(ratio, limit);
  });
  if (verdicts.includes(false)) return false;
  return verdicts.includes(null) ? null : true;
}
