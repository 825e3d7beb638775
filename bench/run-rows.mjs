import os from "node:os";

/**
 * @typedef {import("./row.mjs").Row} Row
 * @typedef {import("./row.mjs").Side} Side
 * @typedef {import("./summary.mjs").Measurement & { load: number, seconds: number }} Measurement
 * @typedef {Omit<import("./row.mjs").Env, "sides" | "quick" | "repeat" | "say" | "fail">} Shared
 */

/**
 * Measures every row once, then every row again, so that a machine that becomes slower becomes it for all; the order of
 * the sides changes with each repeat. What fails is noted, and the rest goes on.
 * @param {Row[]} rows
 * @param {{ shared: Shared, sides: Side[], quick: boolean, repeats: number, say: (line: string) => void }} given
 */
export async function runRows(rows, { shared, sides, quick, repeats, say }) {
  /** @type {Measurement[]} */
  const measurements = [];
  /** @type {string[]} */
  const failures = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const turned = sides.map((_, index) => sides[(index + repeat) % sides.length] ?? "switchyard");
    for (const row of rows) {
      if (row.once && repeat > 0) continue;
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
        say(`  ✓ ${row.name}, ${repeat + 1} of ${row.once ? 1 : repeats} (${seconds.toFixed(1)} s)  ${short(figures)}`);
      } catch (error) {
        fail("all sides", error);
      }
    }
  }
  return { measurements, failures };
}

/** @param {{ [figure: string]: import("./row.mjs").Figure }} figures */
function short(figures) {
  return JSON.stringify(figures, (_, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value));
}
