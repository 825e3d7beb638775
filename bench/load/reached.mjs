/** @typedef {import("../row.mjs").Value | undefined} MaybeValue */

/**
 * Whether Switchyard's figure is at most this; null when it was not measured.
 * @param {MaybeValue} value
 * @param {number} bound
 */
export function atMost(value, bound) {
  return value?.switchyard === undefined ? null : value.switchyard <= bound;
}

/**
 * Whether Switchyard's figure is at least this; null when it was not measured.
 * @param {MaybeValue} value
 * @param {number} bound
 */
export function atLeast(value, bound) {
  return value?.switchyard === undefined ? null : value.switchyard >= bound;
}
