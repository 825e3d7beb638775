import { chance, type Dice, makeDice, pick } from "../../dice";
import { MANNERS, type StepPlan } from "./step-script";
import { CLEAR_UP_MS, HARMLESS_MS, LEASES } from "./times";

/** Which of the lane's two runners. */
export type Which = 0 | 1;

type RunnerFault =
  | { kind: "kill-runner"; runner: Which; downMs: number }
  | { kind: "stop-runner"; runner: Which; forMs: number }
  | { kind: "drain-runner"; runner: Which }
  | { kind: "replace-runner"; runner: Which }
  | { kind: "cut"; runner: Which; times: number }
  | { kind: "swallow"; runner: Which; forMs: number }
  | { kind: "delay"; runner: Which; eachMs: number; forMs: number }
  | { kind: "partition"; runner: Which; forMs: number; isReset: boolean }
  | { kind: "full-disk"; runner: 0; forMs: number }
  | { kind: "clock"; runner: Which; stepMs: number; forMs: number };
type PersonFault = { kind: "abort" } | { kind: "cancel"; key: string };
type ServerFault =
  | { kind: "kill-web" }
  | { kind: "stop-web"; forMs: number }
  | { kind: "kill-postgres" }
  | { kind: "kill-launcher" };

/** What goes wrong, and when: a moment after the steps have written so many lines into the ledger. */
export type Fault = (RunnerFault | PersonFault | ServerFault) & { afterLines: number; thenMs: number };

export interface Plan {
  steps: StepPlan[];
  faults: Fault[];
  /** Concerns the server, so that no other schedule can be under way. */
  isAlone: boolean;
}

const SERVER_FAULTS = ["kill-web", "kill-web", "stop-web", "kill-postgres", "kill-postgres", "kill-launcher"] as const;
const RUNNER_FAULTS = [
  ...(["kill-runner", "kill-runner", "stop-runner", "drain-runner", "replace-runner", "cut", "swallow"] as const),
  ...(["swallow", "delay", "partition", "full-disk", "clock"] as const),
];
const HOUR_MS = 3_600_000;
/** A process that stays is noticed when it outlives what is allowed by some seconds. */
const LONG_MS = LEASES.runningMs + LEASES.graceMs + CLEAR_UP_MS + 2_000;
const BEYOND_LEASES_MS = [LEASES.queuedMs + 500, LEASES.runningMs + 1_000];

/** The schedule of this number: the same for the same seed. */
export function makePlan(seed: number, schedule: number): Plan {
  const dice = makeDice(seed, schedule);
  const isAlone = chance(dice, 16);
  const steps = makeSteps(dice, isAlone);
  const faults = [isAlone ? serverFault(dice, steps) : runnerFault(dice, steps)];
  if (chance(dice, 25)) faults.push(personFault(dice, steps));
  else if (chance(dice, 30)) faults.push(runnerFault(dice, steps));
  return { steps, faults, isAlone };
}

function makeSteps(dice: Dice, isAlone: boolean): StepPlan[] {
  const keys = Array.from({ length: 2 + dice(7) }, (_step, index) => `s${index}`);
  return keys.map((key, index) => ({
    key,
    needs: keys.slice(0, index).filter(() => chance(dice, 30)),
    isLocal: isAlone && chance(dice, 30),
    manner: chance(dice, 55) ? "plain" : pick(dice, MANNERS),
    sleepMs: chance(dice, 80) ? dice(200) : 300 + dice(900),
    rows: [dice(20), chance(dice, 10) ? 2_000 : dice(20)],
    exitCode: chance(dice, 94) ? 0 : 1 + dice(9),
  }));
}

function moment(dice: Dice, steps: StepPlan[]): { afterLines: number; thenMs: number } {
  return { afterLines: dice(Math.min(steps.length * 2, 8)), thenMs: chance(dice, 50) ? 0 : dice(150) };
}

function serverFault(dice: Dice, steps: StepPlan[]): Fault {
  const when = moment(dice, steps);
  const kind = pick(dice, SERVER_FAULTS);
  return kind === "stop-web"
    ? { kind, forMs: pick(dice, [HARMLESS_MS, 1_500, ...BEYOND_LEASES_MS]), ...when }
    : { kind, ...when };
}

function personFault(dice: Dice, steps: StepPlan[]): Fault {
  const when = moment(dice, steps);
  const step = pick(dice, steps);
  // So long that it is noticed when nobody ends it.
  step.sleepMs = LONG_MS;
  return chance(dice, 50) ? { kind: "abort", ...when } : { kind: "cancel", key: step.key, ...when };
}

function runnerFault(dice: Dice, steps: StepPlan[]): Fault {
  const when = moment(dice, steps);
  const kind = pick(dice, RUNNER_FAULTS);
  const runner: Which = chance(dice, 50) ? 0 : 1;
  switch (kind) {
    case "kill-runner":
      // Somebody who would be seen alive for long if nobody ended him: a step alone dies of output that nobody reads.
      if (chance(dice, 40)) Object.assign(pick(dice, steps), { manner: "family", sleepMs: 1_500 });
      return { kind, runner, downMs: pick(dice, [0, 0, 500, 3_000]), ...when };
    case "stop-runner":
      return { kind, runner, forMs: pick(dice, [HARMLESS_MS, 1_500, ...BEYOND_LEASES_MS]), ...when };
    case "cut":
      return { kind, runner, times: 1 + dice(3), ...when };
    case "swallow":
      return { kind, runner, forMs: 50 + dice(300), ...when };
    case "delay":
      return { kind, runner, eachMs: 20 + dice(200), forMs: 1_500, ...when };
    case "partition": {
      const forMs = pick(dice, [HARMLESS_MS, ...BEYOND_LEASES_MS]);
      // Longer than the lease and the grace: its runner must end it although nobody can tell it to.
      if (forMs > HARMLESS_MS) pick(dice, steps).sleepMs = LONG_MS;
      return { kind, runner, forMs, isReset: chance(dice, 50), ...when };
    }
    case "full-disk":
      return { kind, runner: 0, forMs: 300 + dice(1_500), ...when };
    case "clock": {
      const hours = pick(dice, [1, 5, 30]) * (chance(dice, 50) ? 1 : -1);
      return { kind, runner, stepMs: hours * HOUR_MS, forMs: 300 + dice(1_500), ...when };
    }
    case "drain-runner":
    case "replace-runner":
      return { kind, runner, ...when };
  }
}
