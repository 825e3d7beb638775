import { measureNoops } from "../measure.mjs";
import { eachSide, isAtLeast } from "../sides.mjs";

const TASKS = { quick: 4_000, full: 10_000 };

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "noop",
  title: "no-op tasks a second",
  unit: "tasks/s",
  target: { text: "at least 0.2 x floor", reached: ({ one }) => isAtLeast(one, { floor: 0.2 }) },
  figures: {
    one: { label: "one runner, 256 slots", digits: 0 },
    two: {
      label: "two runners, 256 slots each",
      digits: 0,
      target: { text: "not less than with one", reached: ({ one, two }) => isNotLess(two, one) },
    },
    best: { label: "one, each side's best batch", digits: 0 },
  },
  measure: (env) =>
    eachSide(env, async (side, tuning) => {
      const n = env.quick ? TASKS.quick : TASKS.full;
      const one = await measureNoops(env, side, { n, workers: 1, options: tuning.noop });
      const two = await measureNoops(env, side, { n, workers: 2, options: tuning.noop });
      const isBest = JSON.stringify(tuning.best) === JSON.stringify(tuning.noop);
      const best = isBest ? one : await measureNoops(env, side, { n, workers: 1, options: tuning.best });
      return { one, two, best };
    }),
};

/**
 * @param {import("../row.mjs").Value | undefined} value
 * @param {import("../row.mjs").Value | undefined} other
 */
function isNotLess(value, other) {
  return value?.switchyard === undefined || other?.switchyard === undefined
    ? null
    : value.switchyard >= other.switchyard;
}
