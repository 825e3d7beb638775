import { fanDag } from "../dag.mjs";
import { measureDags } from "../measure.mjs";
import { eachSide, isAtMost } from "../sides.mjs";

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "fan",
  title: "fan 1 to 500 to 1, submit to done",
  unit: "ms",
  target: { text: "at most 2 x floor", reached: ({ total }) => isAtMost(total, { floor: 2 }) },
  figures: { total: { digits: 0 } },
  measure: (env) =>
    eachSide(env, async (side, { fan: options }) => {
      const [, fan] = await measureDags(env, side, { dags: [fanDag(500), fanDag(500)], options });
      return { total: fan?.totalMs ?? Number.NaN };
    }),
};
