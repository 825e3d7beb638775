import { chainDag } from "../dag.mjs";
import { measureDags } from "../measure.mjs";
import { atSpeed, graphFolder, readGraphs } from "../recorded-graphs.mjs";
import { greedyMs } from "../schedule.mjs";
import { eachSide } from "../sides.mjs";
import { median } from "../statistics.mjs";

const WITHIN_MS = 15_000;
/** How long the tasks last on average, and on how many slots they run. */
const SETTINGS = {
  quick: [{ meanMs: 200, slots: 8 }],
  full: [
    { meanMs: 200, slots: 4 },
    { meanMs: 200, slots: 16 },
    { meanMs: 500, slots: 16 },
  ],
};
const QUICK_GRAPHS = /^(montage|bacass)/;

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "graphs",
  title: "recorded graphs",
  unit: "greedy / measured",
  once: true,
  target: {
    text: "at least 0.95",
    reached: ({ worst }) => (worst?.switchyard === undefined ? null : worst.switchyard >= 0.95),
  },
  figures: {
    worst: { label: "the worst of them", digits: 3 },
    ...Object.fromEntries(
      [...SETTINGS.quick, ...SETTINGS.full].map(({ meanMs, slots }) => [
        nameOf(meanMs, slots),
        { label: `tasks of ${meanMs} ms, ${slots} slots, median`, digits: 3 },
      ]),
    ),
  },
  async measure(env) {
    const folder = graphFolder();
    if (folder === null) {
      env.say("  · graphs: skipped, there is no folder of recorded executions (set BENCH_GRAPHS)");
      return { figures: {} };
    }
    const graphs = (await readGraphs(folder)).filter(({ shape }) => !env.quick || QUICK_GRAPHS.test(shape));
    return eachSide(env, async (side, tuning) => {
      /** @type {{ [figure: string]: number }} */
      const figures = {};
      const all = [];
      for (const { meanMs, slots } of env.quick ? SETTINGS.quick : SETTINGS.full) {
        const dags = graphs.map((graph) => atSpeed(graph, { meanMs, slots, withinMs: WITHIN_MS }));
        const options = tuning.slots(slots);
        const [, ...results] = await measureDags(env, side, { dags: [chainDag(5), ...dags], options });
        const efficiencies = dags.map((dag, index) => greedyMs(dag, slots) / (results[index]?.workedMs ?? Number.NaN));
        figures[nameOf(meanMs, slots)] = median(efficiencies);
        all.push(...efficiencies);
        env.say(`  · graphs, ${side}, ${meanMs} ms, ${slots} slots: ${listed(dags, efficiencies)}`);
      }
      return { worst: Math.min(...all), ...figures };
    });
  },
};

/** @param {number} meanMs @param {number} slots */
function nameOf(meanMs, slots) {
  return `${meanMs} ms on ${slots}`;
}

/** @param {import("../dag.mjs").Dag[]} dags @param {number[]} efficiencies */
function listed(dags, efficiencies) {
  return dags.map(({ shape }, index) => `${shape.split("-")[0]} ${efficiencies[index]?.toFixed(3)}`).join(", ");
}
