import { DISPATCH_MODES, type DispatchMode, FAILURE_POLICIES, type FailurePolicy } from "../../../core/status";
import { chance, type Dice, pick } from "../../dice";

export interface RunPlan {
  /** Keys with what each needs, in template order; no key is in two runs of a schedule. */
  needs: Map<string, string[]>;
  dispatch: DispatchMode;
  onFailure: FailurePolicy;
}

/** What the seed decides about a schedule before anything happens. */
export interface SchedulePlan {
  runs: RunPlan[];
  /** Slots of each runner. */
  runners: number[];
  viewers: number;
  /** How many things each person does. */
  peopleSteps: number[];
  /** Percent of the requests that something happens to. */
  faults: number;
  /** Percent of the executions that do not end with success. */
  failing: number;
  /** Percent of a runner's rounds after which it says nothing for longer than its lease. */
  silence: number;
  strike: "kill" | "pause" | null;
}

const TASKS_MAX = 15;

/** Draws a schedule: one graph of 1 to 15 tasks, or two that share the runners. */
export function planSchedule(dice: Dice): SchedulePlan {
  const size = 1 + dice(TASKS_MAX);
  const isPair = size > 3 && chance(dice, 20);
  const sizes = isPair ? [Math.ceil(size / 2), Math.floor(size / 2)] : [size];
  const isRough = chance(dice, 70);
  return {
    runs: sizes.map((count, index) => ({
      needs: drawNeeds(dice, count, index === 0 ? "a" : "b"),
      dispatch: pick(dice, DISPATCH_MODES),
      onFailure: pick(dice, FAILURE_POLICIES),
    })),
    runners: Array.from({ length: 1 + dice(3) }, () => 1 + dice(4)),
    viewers: dice(3) % 2,
    peopleSteps: Array.from({ length: 1 + dice(2) }, () => 3 + dice(8)),
    faults: isRough ? 15 + dice(40) : 3,
    failing: chance(dice, 50) ? 0 : 5 + dice(25),
    silence: isRough && chance(dice, 35) ? 6 : 0,
    strike: dice(400) === 0 ? "kill" : dice(150) === 0 ? "pause" : null,
  };
}

/** Chains, fans and meshes: how many of the earlier tasks each needs differs from graph to graph. */
function drawNeeds(dice: Dice, count: number, letter: string): Map<string, string[]> {
  const keys = Array.from({ length: count }, (_, index) => `${letter}${index}`);
  const percent = pick(dice, [0, 10, 25, 45, 80]);
  const isChain = chance(dice, 15);
  const isFanIn = chance(dice, 25);
  return new Map(
    keys.map((key, index) => {
      const earlier = keys.slice(0, index);
      if (isFanIn && index === count - 1) return [key, earlier];
      return [key, isChain ? earlier.slice(-1) : earlier.filter(() => chance(dice, percent))];
    }),
  );
}
