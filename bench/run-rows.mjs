import os from "node:os";

/**
 * @typedef {import("./row.mjs").Row} Row
 * @typedef {import("./row.mjs").Side} Side
 * @typedef {import("./summary.mjs").Measurement & { load: number, seconds: number }} Measurement
 * @typedef {Omit<import("./row.mjs").Env, "sides" | "quick" | "repeat" | "say" | "fail">} Shared
 */

/**
 * Measures every row once, then every row again, so that a machine that becomes slower becomes it for all; the order of
 * the sides changes with each repeat. Rows that are measured once come behind, since some fill the database, or first,
 * since they want it calm. What fails is noted, and the rest goes on.
 * @param {Row[]} rows
 * @param {{ shared: Shared, sides: Side[], quick: boolean, repeats: number, say: (line: string) => void }} given
 */
export async function runRows(rows, { shared, sides, quick, repeats, say }) {
  /** @type {Measurement[]} */
  const measurements = [];
  /** @type {string[]} */
  const failures = [];
  for (const { row, repeat } of plan(rows, repeats)) {
    const turned = sides.map((_, index) => sides[(index + repeat) % sides.length] ?? "switchyard");
    const fail = (/** @type {string} */ who, /** @type {unknown} */ error) => {
      failures.push(`${row.name}, repeat ${repeat + 1}, ${who}: ${error instanceof Error ? error.message : error}`);
      say(`  ! ${failures.at(-1)}`);
    };
    const [load = 0] = os.loadavg();
    const startedAt = performance.now();
    try {
      const { figures } = await row.measure({ ...shared, sides: turned, quick, repeat, say, fail });
      const seconds = (performance.now() - startedAt) / 1000;
      measurements.push({ row: row.name, repeat, figures, load, seconds });
      say(
        `  ✓ ${row.name}, ${repeat + 1} of ${row.once || row.first ? 1 : repeats} (${seconds.toFixed(1)} s)  ${short(figures)}`,
      );
    } catch (error) {
      fail("the whole row", error);
    }
  }
  return { measurements, failures };
}

/** @param {Row[]} rows @param {number} repeats */
function plan(rows, repeats) {
  const repeated = rows.filter(({ once, first }) => !once && !first);
  const turns = Array.from({ length: repeats }, (_, repeat) => repeated.map((row) => ({ row, repeat }))).flat();
  const single = rows.filter((row) => !repeated.includes(row)).map((row) => ({ row, repeat: 0 }));
  return [...single.filter(({ row }) => row.first), ...turns, ...single.filter(({ row }) => !row.first)];
}

/** @param {{ [figure: string]: import("./row.mjs").Figure }} figures */
function short(figures) {
  return JSON.stringify(figures, (_, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value));
}
