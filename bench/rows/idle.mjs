import { measureIdle } from "../measure.mjs";
import { eachSide } from "../sides.mjs";

const SECONDS = { quick: 5, full: 30 };

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "idle",
  title: "idle: server, PostgreSQL and one waiting worker",
  unit: "% of a core",
  first: true,
  target: {
    text: "at most 1 %",
    reached: ({ share }) => (share?.switchyard === undefined ? null : share.switchyard <= 1),
  },
  figures: { share: { digits: 2 } },
  measure: (env) =>
    eachSide(env, async (side, { chain: options }) => ({
      share: await measureIdle(env, side, { seconds: env.quick ? SECONDS.quick : SECONDS.full, options }),
    })),
};
