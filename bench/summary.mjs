import { SIDES } from "./row.mjs";
import { median } from "./statistics.mjs";

/**
 * @typedef {import("./row.mjs").Figure} Figure
 * @typedef {import("./row.mjs").Side} Side
 * @typedef {import("./row.mjs").Value} Value
 * @typedef {{ row: string, repeat: number, figures: { [figure: string]: Figure } }} Measurement
 */

/**
 * What the repeats of one row come to: for each figure the medians of all sides, and the medians of the ratios that were
 * taken within a repeat.
 * @param {Measurement[]} measurements
 * @returns {{ [figure: string]: Value }}
 */
export function summarize(measurements) {
  const names = new Set(measurements.flatMap(({ figures }) => Object.keys(figures)));
  return Object.fromEntries(
    [...names].map((name) => {
      const repeats = measurements.map(({ figures }) => bySide(figures[name]));
      return [name, combine(repeats)];
    }),
  );
}

/** @param {Figure | undefined} figure @returns {{ [side in Side]?: number }} */
function bySide(figure) {
  if (typeof figure === "number") return { switchyard: figure };
  return figure ?? {};
}

/** @param {{ [side in Side]?: number }[]} repeats @returns {Value} */
function combine(repeats) {
  /** @type {Value} */
  const value = { ratios: {} };
  for (const side of SIDES) {
    const figures = repeats.flatMap((repeat) => finite(repeat[side]));
    if (figures.length > 0) value[side] = median(figures);
    if (side === "switchyard") continue;
    const ratios = repeats.flatMap((repeat) =>
      finite((repeat.switchyard ?? Number.NaN) / (repeat[side] ?? Number.NaN)),
    );
    if (ratios.length > 0) value.ratios[side] = median(ratios);
  }
  return value;
}

/** @param {number | undefined} figure */
function finite(figure) {
  return figure !== undefined && Number.isFinite(figure) ? [figure] : [];
}
