import { DISPATCH_MODES, type DispatchMode, FAILURE_POLICIES, type FailurePolicy } from "../../../core/status";
import { chance, type Dice, pick } from "../../dice";
import type { Strike } from "./web-pair";

export interface RunPlan {
  /** Keys with what each needs, in template order; no key is in two runs of a schedule. */
  needs: Map<string, string[]>;
  /** What runners must have for a task, by key; most need nothing. */
  runsOn: Map<string, string[]>;
  dispatch: DispatchMode;
  onFailure: FailurePolicy;
}

/** What the seed decides about a schedule before anything happens. */
export interface SchedulePlan {
  runs: RunPlan[];
  /** The first has every label. */
  runners: { slots: number; labels: string[] }[];
  viewers: number;
  /** How many things each person does. */
  peopleSteps: number[];
  /** Percent of the requests that something happens to. */
  faults: number;
  /** Percent of the executions that do not end with success. */
  failing: number;
  /** Percent of a runner's rounds after which it says nothing for longer than its lease. */
  silence: number;
  /** Percent of a runner's rounds after which it starts again and knows nothing of what it had. */
  amnesia: number;
  strike: Strike | null;
}

const LABELS = ["linux", "gpu"];

/** Draws a schedule: one graph of 1 to 15 tasks, mostly a small one, or two that share the runners. */
export function planSchedule(dice: Dice): SchedulePlan {
  const size = 1 + dice(pick(dice, [5, 5, 8, 8, 8, 15]));
  const isPair = size > 3 && chance(dice, 20);
  const sizes = isPair ? [Math.ceil(size / 2), Math.floor(size / 2)] : [size];
  const isRough = chance(dice, 70);
  const isLabelled = chance(dice, 30);
  return {
    runs: sizes.map((count, index) => ({
      ...drawTasks(dice, { count, letter: index === 0 ? "a" : "b", isLabelled }),
      dispatch: pick(dice, DISPATCH_MODES),
      onFailure: pick(dice, FAILURE_POLICIES),
    })),
    runners: Array.from({ length: pick(dice, [1, 2, 2, 3]) }, (_, index) => ({
      slots: 1 + dice(4),
      labels: isLabelled && index > 0 ? LABELS.filter(() => chance(dice, 50)) : LABELS,
    })),
    viewers: chance(dice, 25) ? 1 : 0,
    peopleSteps: Array.from({ length: chance(dice, 35) ? 2 : 1 }, () => 2 + dice(5)),
    faults: isRough ? 10 + dice(35) : 3,
    failing: chance(dice, 50) ? 0 : 5 + dice(25),
    silence: isRough && chance(dice, 35) ? 12 : 0,
    amnesia: isRough && chance(dice, 12) ? 30 : 0,
    strike: drawStrike(dice),
  };
}

/** Rare: what is done to a process all schedules feel that run at the time. */
function drawStrike(dice: Dice): Strike | null {
  const roll = dice(3_000);
  if (roll === 0) return "kill-both";
  if (roll < 4) return "kill";
  if (roll < 14) return "pause";
  return roll < 39 ? "pause-both" : null;
}

function drawTasks(
  dice: Dice,
  given: { count: number; letter: string; isLabelled: boolean },
): Pick<RunPlan, "needs" | "runsOn"> {
  const needs = drawNeeds(dice, given.count, given.letter);
  const picky = [...needs.keys()].filter(() => given.isLabelled && chance(dice, 50));
  return { needs, runsOn: new Map(picky.map((key) => [key, [pick(dice, LABELS)]])) };
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
