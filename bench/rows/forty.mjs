import { chainDag } from "../dag.mjs";
import { measureDags } from "../measure.mjs";
import { eachSide, isAtMost } from "../sides.mjs";

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "forty",
  title: "40 light steps in sequence, submit to done",
  unit: "ms",
  target: { text: "at most 1.5 x floor", reached: ({ total }) => isAtMost(total, { floor: 1.5 }) },
  figures: { total: { digits: 0 } },
  measure: (env) =>
    eachSide(env, async (side, { chain: options }) => {
      const [, forty] = await measureDags(env, side, { dags: [chainDag(200), chainDag(40, "fibo")], options });
      return { total: forty?.totalMs ?? Number.NaN };
    }),
};
