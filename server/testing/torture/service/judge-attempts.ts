import type { ModelState } from "./model-state";
import type { Outcome, OutcomeAttempt } from "./read-outcome";
import type { Away } from "./web-pair";
import { LEASE_MS, type World } from "./world";

/** Times of the database are read with milliseconds. */
const ROUNDING_MS = 2;
/** A longer time without a server is one by the server's own rule, too (half a lease). */
const GAP_MS = 250;

/** Leases, room and lost assignments, as the observers and the runners saw them. */
export function judgeAttempts(world: World, { attempts }: Outcome, states: ModelState[]): void {
  const stateOf = new Map(states.map((state) => [state.runnerId, state]));
  for (const attempt of attempts.values()) {
    const name = `attempt ${attempt.number} of ${attempt.key} (${attempt.id})`;
    const state = stateOf.get(attempt.runner_id);
    if (!state) {
      world.violate(`${name} was given to a runner of another team`);
      continue;
    }
    for (const label of runsOn(world, attempt))
      if (!state.labels.includes(label))
        world.violate(`${name} needs ${label} and was given to a runner with ${state.labels.join(", ")}`);
    if (attempt.ended_at === null) world.violate(`${name} is live in a run that is over`);
    if (attempt.live_at_claim > attempt.slots)
      world.violate(`${name} made ${attempt.live_at_claim} for a runner with ${attempt.slots} slots`);
    if (attempt.ended_by === "server") judgeServerEnd(world, state, { attempt, name });
    judgeResend(world, state, { attempt, name });
    judgeInstance(world, state, { attempt, name });
    if (attempt.exit_code !== null && [97, 98, 99].includes(attempt.exit_code))
      world.violate(`${name} has the exit code ${attempt.exit_code}, which only a report that must not count had`);
  }
  for (const state of states) {
    judgeRoom(world, state, attempts);
    for (const id of state.seen) {
      const holder = attempts.get(id)?.runner_id;
      if (holder !== state.runnerId) world.violate(`${id}, given to ${state.runnerId}, is ${holder ?? "nobody"}'s`);
    }
  }
}

/** Whether a lease ran out while no process could be reached, or sooner behind that than a full one. */
function isUngranted(gap: Away, leaseAt: number): boolean {
  return gap.to - gap.from > GAP_MS && gap.from < leaseAt && leaseAt < gap.to + LEASE_MS - ROUNDING_MS;
}

function runsOn(world: World, { key }: OutcomeAttempt): string[] {
  return world.runs.flatMap((run) => run.plan.runsOn.get(key) ?? []);
}

/** A sync is given no more new attempts than it has room for; what was made before it is only sent again. */
function judgeRoom(world: World, state: ModelState, attempts: Map<string, OutcomeAttempt>): void {
  for (const sync of state.taken) {
    const isNew = (id: string) => (attempts.get(id)?.made_at.getTime() ?? 0) > sync.serverTime + ROUNDING_MS;
    const count = sync.given.filter(isNew).length;
    if (count > sync.room)
      world.violate(`${state.runnerId} was given ${count} new attempts and had room for ${sync.room}: ${sync.given}`);
  }
}

/** Only a lease that has run out may be ended, and every answered request that lists an attempt keeps its lease. */
function judgeServerEnd(
  world: World,
  state: ModelState,
  { attempt, name }: { attempt: OutcomeAttempt; name: string },
): void {
  if (attempt.lease_left_ms === null || attempt.lease_left_ms >= 0)
    world.violate(`${name} was ended by the server with ${attempt.lease_left_ms} ms of its lease left`);
  const endedAt = attempt.seen_end_at?.getTime() ?? 0;
  const leaseAt = attempt.lease_at?.getTime() ?? 0;
  const aliveAt = attempt.server_alive_at?.getTime() ?? 0;
  // A sweep that the gap interrupted may end what it had found; once a server has said that it is back, leases are granted.
  for (const gap of world.web.gaps)
    if (isUngranted(gap, leaseAt) && gap.to < aliveAt)
      world.violate(
        `${name} was ended ${endedAt - gap.to} ms after a time without a server, in which its lease ran out`,
      );
  for (const { sentAt, receivedAt } of state.renewals.get(attempt.id) ?? [])
    if (receivedAt < endedAt && endedAt < sentAt + LEASE_MS - ROUNDING_MS)
      world.violate(`${name} was ended ${endedAt - sentAt} ms after a request that kept its lease was sent`);
}

/** Once a later instance of the runner has been answered, an earlier one is given nothing. */
function judgeInstance(
  world: World,
  state: ModelState,
  { attempt, name }: { attempt: OutcomeAttempt; name: string },
): void {
  const number = Number(attempt.instance_id.slice(1));
  const later = state.taken.find((sync) => Number(sync.instance.slice(1)) > number);
  if (later && attempt.made_at.getTime() > later.serverTime + ROUNDING_MS)
    world.violate(`${name} was given to ${attempt.instance_id} after ${later.instance} had been answered`);
}

/**
 * An assignment whose answer was lost comes again with the next sync of the same instance. Judged only by syncs that no
 * other request can have superseded, and by two of them: the sender of a request that was never answered cannot know.
 */
function judgeResend(
  world: World,
  state: ModelState,
  { attempt, name }: { attempt: OutcomeAttempt; name: string },
): void {
  if (state.seen.has(attempt.id)) return;
  const endedAt = attempt.seen_end_at?.getTime() ?? Number.POSITIVE_INFINITY;
  const missed = state.taken.filter(
    (sync) =>
      sync.isAlone &&
      sync.instance === attempt.instance_id &&
      sync.serverTime > attempt.made_at.getTime() + ROUNDING_MS &&
      sync.receivedAt < endedAt - ROUNDING_MS &&
      !sync.mentioned.has(attempt.id),
  );
  if (missed.length >= 2)
    world.violate(`${name} was lost on its way and ${missed.length} syncs did not bring it again`);
}
