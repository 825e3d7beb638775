import type { TaskStatus } from "../../../core/status";
import type { TaskChange } from "../../../core/transitions";
import { chance, type Dice, pick } from "../../dice";
import type { Model } from "./model";
import type { Operation, Transaction } from "./operation";

/** Beyond it a queued task whose lease runs out is not dispatched again. */
const LEASES_LOST_MAX = 2;

const OUTCOMES = ["report-success", "report-success", "report-success", "report-failed", "report-canceled"] as const;
/** Everything that the table of transitions has today without a rule around it; most of it comes at the wrong time. */
const WILD = [
  "dispatch",
  "claim",
  "start",
  "cancel",
  "stop-after-failure",
  "report-success",
  "report-failed",
  "report-canceled",
  "report-submit-failed",
  "lose-lease",
  "lose-lease-for-good",
  "run-out-of-time",
] as const satisfies TaskChange[];

/** Something that may happen to the run now, several things at once included. */
export function nextTransaction(dice: Dice, model: Model): Transaction {
  const kind = dice(100);
  if (kind < 8) {
    const parts = Array.from({ length: 2 + dice(3) }, () => oneTransaction(dice, model));
    return { operations: dispatchesFirst(parts.flatMap((part) => part.operations)), claims: dice(3) };
  }
  return oneTransaction(dice, model);
}

/** What a run without any more trouble does next: everything that can go on goes on, and well. */
export function calmTransaction(model: Model): Transaction {
  const operations = held(model).map((task): Operation => {
    const isCanceling = model.tasks[task]?.status === "cancel-requested";
    return { kind: "change", task, change: isCanceling ? "report-canceled" : "report-success" };
  });
  if (model.paused) operations.push({ kind: "resume" });
  operations.push({ kind: "dispatch-first", count: model.tasks.length });
  return { operations: dispatchesFirst(operations), claims: model.tasks.length };
}

/** What a success unlocks is counted once, after every operation: nobody dispatches by hand in between. */
function dispatchesFirst(operations: Operation[]): Operation[] {
  const isDispatch = (one: Operation) =>
    one.kind === "change" ? one.change === "dispatch" : one.kind.startsWith("dispatch-");
  return [...operations.filter(isDispatch), ...operations.filter((one) => !isDispatch(one))];
}

function oneTransaction(dice: Dice, model: Model): Transaction {
  const kind = dice(100);
  if (kind < 42) return { operations: reports(dice, model), claims: chance(dice, 70) ? dice(5) : 0 };
  if (kind < 50) return { operations: [], claims: 1 + dice(6) };
  if (kind < 68) return { operations: [dispatch(dice, model)], claims: 0 };
  if (kind < 76) return change(dice, model, "cancel");
  if (kind < 78) return { operations: [{ kind: "abort" }], claims: 0 };
  if (kind < 83) return { operations: [{ kind: "mode", dispatch: pick(dice, ["auto", "manual"]) }], claims: 0 };
  if (kind < 90) return { operations: sweep(dice, model), claims: 0 };
  if (kind < 92) return { operations: [{ kind: "pause" }], claims: 0 };
  if (kind < 95) return { operations: [{ kind: "resume" }], claims: 0 };
  if (kind < 97) return { operations: skip(dice, model), claims: 0 };
  return wild(dice, model);
}

function change(dice: Dice, model: Model, what: TaskChange): Transaction {
  return { operations: [{ kind: "change", task: dice(model.tasks.length), change: what }], claims: 0 };
}

function held(model: Model): number[] {
  const statuses: (TaskStatus | undefined)[] = ["queued", "running", "cancel-requested"];
  return model.places().filter((task) => statuses.includes(model.tasks[task]?.status));
}

/** What the runners say in one request, each attempt starting at most once; sometimes the same thing twice. */
function reports(dice: Dice, model: Model): Operation[] {
  return held(model).flatMap((task): Operation[] => {
    if (!chance(dice, 60)) return [];
    const start: Operation[] =
      model.tasks[task]?.startedAt === null && chance(dice, 60) ? [{ kind: "change", task, change: "start" }] : [];
    if (!chance(dice, 60)) return start;
    const outcome = chance(dice, 6) ? "report-submit-failed" : pick(dice, OUTCOMES);
    const end: Operation = { kind: "change", task, change: outcome };
    return chance(dice, 5) ? [...start, end, end] : [...start, end];
  });
}

function dispatch(dice: Dice, model: Model): Operation {
  if (chance(dice, 60)) return { kind: "dispatch-first", count: 1 + dice(chance(dice, 50) ? 1 : 6) };
  return { kind: "dispatch-keys", tasks: model.places().filter(() => chance(dice, 40)) };
}

/** Leases that ran out and silent time limits, as the sweeper judges them. */
function sweep(dice: Dice, model: Model): Operation[] {
  return held(model).flatMap((task): Operation[] => {
    if (!chance(dice, 50)) return [];
    const { status, leasesLost = 0 } = model.tasks[task] ?? {};
    if (status !== "queued") {
      return [{ kind: "change", task, change: chance(dice, 50) ? "lose-lease" : "run-out-of-time" }];
    }
    const isOnceTooOften = leasesLost >= LEASES_LOST_MAX || chance(dice, 10);
    return [{ kind: "change", task, change: isOnceTooOften ? "lose-lease-for-good" : "lose-lease" }];
  });
}

/** A condition that is false: the task and every created one behind it are skipped, nearest first. */
function skip(dice: Dice, model: Model): Operation[] {
  const free = model.places().filter((task) => model.tasks[task]?.status === "created" && model.isReady(task));
  if (free.length === 0) return [];
  const skipped = new Set([pick(dice, free)]);
  for (const task of model.places())
    if (model.tasks[task]?.status === "created" && (model.plan.needs[task] ?? []).some((need) => skipped.has(need)))
      skipped.add(task);
  return [...skipped].sort((a, b) => a - b).map((task) => ({ kind: "change", task, change: "skip" }));
}

/** Changes out of the blue: most of them the table does not have, and then nothing may happen. */
function wild(dice: Dice, model: Model): Transaction {
  const operations = Array.from({ length: 1 + dice(4) }, (): Operation => {
    const what = pick(dice, WILD);
    // The run's own flags are asked by the verbs, not by the table.
    const isHeldBack = what === "dispatch" && (model.aborted || model.paused);
    return { kind: "change", task: dice(model.tasks.length), change: isHeldBack ? "cancel" : what };
  });
  return { operations: dispatchesFirst(operations), claims: 0 };
}
