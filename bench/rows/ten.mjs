import { independentDag } from "../dag.mjs";
import { measureDags } from "../measure.mjs";
import { eachSide, isAtMost } from "../sides.mjs";
import { median } from "../statistics.mjs";

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "ten",
  title: "ten real commands at once (bash -c true), submit to done",
  unit: "ms",
  target: { text: "at most 1.3 x floor", reached: ({ total }) => isAtMost(total, { floor: 1.3 }) },
  figures: { total: { digits: 0 } },
  measure: (env) =>
    eachSide(env, async (side, { fan: options }) => {
      const ten = () => independentDag(10, "spawn");
      const [, ...results] = await measureDags(env, side, { dags: [ten(), ten(), ten(), ten()], options });
      return { total: median(results.map(({ totalMs }) => totalMs)) };
    }),
};
