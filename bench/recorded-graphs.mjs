import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { tsImport } from "tsx/esm/api";
import { greedyMs } from "./schedule.mjs";

/** Beside the checkout; BENCH_GRAPHS names another folder of WfFormat files (docs/bench.md says where to get them). */
const BESIDE = "../../shared/data";

/** @typedef {import("./dag.mjs").Dag} Dag */

/** The folder of recorded executions, or null where there is none. */
export function graphFolder() {
  const folder = path.resolve(process.env.BENCH_GRAPHS || path.join(import.meta.dirname, BESIDE));
  return existsSync(folder) ? folder : null;
}

/**
 * Every recorded execution of a folder as a graph whose tasks sleep their recorded times, in milliseconds.
 * @param {string} folder
 * @returns {Promise<Dag[]>}
 */
export async function readGraphs(folder) {
  /** @type {typeof import("../server/start/wf-format")} */
  const { fromWfFormat, isWfFormat } = await tsImport("../server/start/wf-format.ts", import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .flatMap((file) => {
      const content = JSON.parse(readFileSync(path.join(folder, file), "utf8"));
      if (!isWfFormat(content)) return [];
      const shape = path.basename(file, ".json");
      return [toDag(shape, fromWfFormat(content, { name: shape, speed: 1 }).steps)];
    });
}

/** @param {string} shape @param {{ key: string, needs: string[], seconds: number }[]} steps @returns {Dag} */
function toDag(shape, steps) {
  const numbers = new Map(steps.map(({ key }, task) => [key, task]));
  return {
    shape,
    n: steps.length,
    kind: `sleep:${shape}`,
    edges: steps.flatMap(({ needs }, task) =>
      needs.map((key) => /** @type {[number, number]} */ ([numbers.get(key) ?? 0, task])),
    ),
    sleeps: steps.map(({ seconds }) => seconds * 1000),
  };
}

/**
 * The same graph so much faster that its tasks last `meanMs` on average, or as much faster as it takes to be over within
 * `withinMs` on so many slots.
 * @param {Dag} dag
 * @param {{ meanMs: number, slots: number, withinMs: number }} wanted
 * @returns {Dag}
 */
export function atSpeed(dag, { meanMs, slots, withinMs }) {
  const sleeps = dag.sleeps ?? [];
  const mean = sleeps.reduce((sum, ms) => sum + ms, 0) / dag.n;
  const factor = Math.min(meanMs / mean, withinMs / greedyMs(dag, slots));
  return { ...dag, sleeps: sleeps.map((ms) => Math.round(ms * factor)) };
}
