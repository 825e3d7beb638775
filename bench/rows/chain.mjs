import { chainDag } from "../dag.mjs";
import { measureDags } from "../measure.mjs";
import { eachSide, isAtMost } from "../sides.mjs";
import { quantile } from "../statistics.mjs";

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "chain",
  title: "chain of no-op steps, end to next start",
  unit: "ms",
  target: {
    text: "p50 at most 1.5 x floor, below graphile-worker",
    reached: ({ p50 }) => isAtMost(p50, { floor: 1.5, "graphile-worker": 1 }),
  },
  figures: { p50: { label: "p50", digits: 2 }, p99: { label: "p99", digits: 2 } },
  measure: (env) =>
    eachSide(env, async (side, { chain: options }) => {
      const dags = [chainDag(200), chainDag(env.quick ? 100 : 200)];
      const [, chain] = await measureDags(env, side, { dags, options });
      const gaps = chain?.gapsMs ?? [];
      return { p50: quantile(gaps, 0.5), p99: quantile(gaps, 0.99) };
    }),
};
