import { chance, type Dice, pick } from "../../dice";
import type { Held, ModelState } from "./model-state";
import { LEASE_MS, type World } from "./world";

type Outcome = "success" | "failed" | "canceled" | "submit-failed" | "timed-out";

/** One round of a model runner's work: starts what is queued, ends what has run long enough, stops what has no lease. */
export function workOn(world: World, state: ModelState, dice: Dice): void {
  for (const held of [...state.held.values()]) {
    const isWithoutLease = Date.now() - held.heardAt >= LEASE_MS;
    if (isWithoutLease) loseLease(world, state, held);
    else if (held.isExecuting) goOn(world, state, held, dice);
    else if (held.status === "cancel-requested") {
      if (chance(dice, 60)) finish(world, state, held, "canceled");
    } else if (!world.isCalm && world.plan.failing > 0 && chance(dice, 4)) finish(world, state, held, "submit-failed");
    else if (world.isCalm || chance(dice, 70)) begin(world, state, held, dice);
  }
}

/** By its own clock nobody can have heard of it for a lease: the process is stopped, what has not begun never begins. */
function loseLease(world: World, state: ModelState, held: Held): void {
  if (!held.isExecuting) return;
  world.ledger.end(held.attemptId, "stopped");
  state.held.delete(held.attemptId);
  state.outbox.push({ attempt_id: held.attemptId, status: "failed", reason: "runner-lost" });
  world.note(`${state.runnerId.slice(0, 4)} stops ${held.key}: no lease`);
}

function begin(world: World, state: ModelState, held: Held, dice: Dice): void {
  world.ledger.start({
    key: held.key,
    runId: held.runId,
    attemptId: held.attemptId,
    lastHeldAt: () => held.heardAt,
  });
  held.isExecuting = true;
  held.status = "running";
  held.roundsLeft = world.isCalm ? 0 : dice(3);
  // Some end before they have said that they run.
  if (held.roundsLeft > 0 || chance(dice, 50)) state.outbox.push({ attempt_id: held.attemptId, status: "running" });
  else finish(world, state, held, outcomeOf(world, held, dice));
}

function goOn(world: World, state: ModelState, held: Held, dice: Dice): void {
  if (held.roundsLeft > 0) {
    held.roundsLeft -= 1;
    return;
  }
  finish(world, state, held, outcomeOf(world, held, dice));
}

function outcomeOf(world: World, held: Held, dice: Dice): Outcome {
  // It may have ended before the signal reached it.
  if (held.status === "cancel-requested" && chance(dice, 70)) return "canceled";
  if (world.isCalm || !chance(dice, world.plan.failing)) return "success";
  return pick(dice, ["failed", "failed", "canceled", "submit-failed", "timed-out"] as const);
}

function finish(world: World, state: ModelState, held: Held, outcome: Outcome): void {
  const { attemptId } = held;
  state.held.delete(attemptId);
  world.ledger.end(attemptId, outcome);
  const at = new Date().toISOString();
  if (outcome === "timed-out")
    state.outbox.push({ attempt_id: attemptId, status: "failed", at, reason: "timed-out", exit_code: 124 });
  else if (outcome === "canceled" || outcome === "submit-failed")
    state.outbox.push({ attempt_id: attemptId, status: outcome, at });
  else
    state.outbox.push({
      attempt_id: attemptId,
      status: outcome,
      at,
      exit_code: outcome === "success" ? 0 : 1,
      outputs: { key: held.key },
    });
}
