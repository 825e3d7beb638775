import { chainDag, meshDag } from "../dag.mjs";
import { measureDags } from "../measure.mjs";
import { lowerBoundMs } from "../schedule.mjs";
import { eachSide } from "../sides.mjs";
import { median } from "../statistics.mjs";

const SLOTS = 8;
const RUNS = { quick: 1, full: 3 };

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "mesh",
  title: "mesh of 160 timed tasks on 8 slots, efficiency",
  unit: "%",
  target: {
    text: "at least 92 %",
    reached: ({ efficiency }) => (efficiency?.switchyard === undefined ? null : efficiency.switchyard >= 92),
  },
  figures: { efficiency: { digits: 1 } },
  measure: (env) =>
    eachSide(env, async (side, tuning) => {
      const mesh = meshDag();
      const dags = [chainDag(5), ...new Array(env.quick ? RUNS.quick : RUNS.full).fill(mesh)];
      const [, ...results] = await measureDags(env, side, { dags, options: tuning.slots(SLOTS) });
      return { efficiency: (100 * lowerBoundMs(mesh, SLOTS)) / median(results.map(({ workedMs }) => workedMs)) };
    }),
};
