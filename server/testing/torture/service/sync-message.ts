import { randomUUID } from "node:crypto";
import type { Report, SyncRequest } from "../../../../runner/protocol";
import { chance, type Dice, pick } from "../../dice";
import type { ModelState, Settled } from "./model-state";
import type { World } from "./world";

/** A sync as it is sent, with what the answer to each of its reports and to what it lists must be. */
export interface SyncMessage {
  body: SyncRequest & { reports: Report[]; held: NonNullable<SyncRequest["held"]>; free_slots: number };
  /** By index of the report; absent where either answer can be right. */
  mustAnswer: Map<number, boolean>;
  /** Attempts in `held` that must come back in `lost`. */
  mustLose: string[];
}

/** What a runner says: what is true of it and, while there are faults, stale and foreign things beside. */
export function composeSync(world: World, state: ModelState, dice: Dice): SyncMessage {
  const isFaulty = !world.isCalm && chance(dice, world.plan.faults);
  const held = [...state.held.values()].map(({ attemptId, status }) => ({ attempt_id: attemptId, status }));
  const free = Math.max(0, state.slots - held.length);
  const isDraining = isFaulty && chance(dice, 15);
  const message: SyncMessage = {
    body: {
      runner: {
        instance_id: state.instance,
        version: "model",
        labels: state.labels,
        slots: state.slots,
        state: isDraining ? "draining" : "active",
      },
      held,
      reports: [...state.outbox],
      free_slots: isFaulty && chance(dice, 20) ? 0 : free,
      wait_ms: waitOf(state, dice),
    },
    mustAnswer: new Map(),
    mustLose: [],
  };
  if (isFaulty && chance(dice, 50)) addStaleReports(world, state, dice, message);
  // It may forget to mention one; a later sync mentions it again.
  if (isFaulty && held.length > 0 && chance(dice, 20)) held.splice(dice(held.length), 1);
  if (isFaulty && chance(dice, 30)) addStaleHeld(state, dice, message);
  return message;
}

/** Busy runners come back soon; one with nothing to do waits to be woken. */
function waitOf(state: ModelState, dice: Dice): number {
  if (state.held.size === 0 && state.outbox.length === 0) return pick(dice, [0, 100, 400, 800]);
  return pick(dice, [0, 0, 10, 30]);
}

function addStaleReports(world: World, state: ModelState, dice: Dice, message: SyncMessage): void {
  const { reports } = message.body;
  const add = (report: Report, answer: boolean) => {
    message.mustAnswer.set(reports.length, answer);
    reports.push(report);
  };
  const ends = state.settled.filter((settled) => settled.report.status !== "running");
  if (ends.length > 0) {
    const end = pick(dice, ends);
    add(...staleReport(end, dice));
  }
  const foreign = [...world.given].filter(([, runnerId]) => runnerId !== state.runnerId);
  if (foreign.length > 0) add({ attempt_id: pick(dice, foreign)[0], status: "failed", exit_code: 98 }, false);
  if (chance(dice, 50)) add({ attempt_id: pick(dice, [randomUUID(), "nonsense"]), status: "success" }, false);
}

/** A report about an attempt whose end the server has answered, and what it must say to it now. */
function staleReport({ report, accepted }: Settled, dice: Dice): [Report, boolean] {
  switch (dice(3)) {
    case 0:
      return [report, accepted];
    case 1:
      return [{ attempt_id: report.attempt_id, status: "running" }, accepted];
    default:
      return [{ attempt_id: report.attempt_id, status: report.status, exit_code: 97 }, false];
  }
}

function addStaleHeld(state: ModelState, dice: Dice, message: SyncMessage): void {
  const reported = new Set(message.body.reports.map((report) => report.attempt_id));
  const ended = state.settled.filter(
    ({ report }) =>
      report.status !== "running" && !reported.has(report.attempt_id) && !state.held.has(report.attempt_id),
  );
  const id = ended.length > 0 && chance(dice, 70) ? pick(dice, ended).report.attempt_id : randomUUID();
  message.body.held.push({ attempt_id: id, status: "running" });
  message.mustLose.push(id);
}
