import { setImmediate as nextTurn } from "node:timers/promises";
import type { Tier } from "../tier";
import { runRulesSchedule } from "./rules-schedule";

/** So often others, a Ctrl-C for instance, get a turn. */
const TURN_EVERY = 100;

/** The pure core against a model of its own, without any I/O. */
export function rulesTier(): Tier {
  return {
    name: "rules",
    run: async ({ seed, first, count, until, onFailure }) => {
      let done = 0;
      while (done < count && performance.now() < until) {
        const schedule = first + done;
        const { violations, story } = runRulesSchedule(seed, schedule);
        done += 1;
        if (violations.length > 0 && !onFailure({ tier: "rules", seed, schedule, violations, story })) break;
        if (done % TURN_EVERY === 0) await nextTurn();
      }
      return done;
    },
  };
}
