import { until } from "../../../start/testing/until";
import type { Tier, TierOrder } from "../tier";
import { makePlan } from "./plan";
import { runSchedule } from "./schedule";
import { Turns } from "./turns";
import { type Lane, openWorld, type World } from "./world";

/** So many schedules are under way at once, each with two runners of its own; more would starve a machine of two cores. */
const LANES = 4;

/** Real `npm start`, real runners, real commands, and everything that can happen to them. */
export function systemTier(lanes = LANES): Tier {
  return { name: "system", run: (order) => runInWorld(order, lanes) };
}

/** Also on Ctrl-C everything is ended; whoever sent the signal then gets what it would have done. */
async function runInWorld(order: TierOrder, laneCount: number): Promise<number> {
  const progress: Progress = { next: order.first, done: 0, goesOn: true, signal: null };
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  const onSignal = (signal: NodeJS.Signals) => {
    progress.signal = signal;
    interrupt();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    const world = await openWorld(Math.min(laneCount, order.count));
    try {
      const turns = new Turns();
      const work = Promise.all(world.lanes.map((lane) => workIn({ world, lane, turns, order, progress })));
      await Promise.race([work, interrupted]);
    } finally {
      await world.close();
    }
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
  if (progress.signal !== null) process.kill(process.pid, progress.signal);
  return progress.done;
}

async function isServing({ server }: World): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${server.port}/readyz`)).ok;
}

interface Progress {
  next: number;
  done: number;
  goesOn: boolean;
  signal: NodeJS.Signals | null;
}

interface Workplace {
  world: World;
  lane: Lane;
  turns: Turns;
  order: TierOrder;
  progress: Progress;
}

async function workIn({ world, lane, turns, order, progress }: Workplace): Promise<void> {
  const { seed, first, count, until: end, onFailure } = order;
  while (progress.goesOn && progress.signal === null && progress.next < first + count && performance.now() < end) {
    const schedule = progress.next++;
    const plan = { ...makePlan(seed, schedule), name: `torture ${seed}/${schedule}` };
    const { violations, story } = await turns.take(plan.isAlone, () => runSchedule(world, lane, plan));
    // Ended in the middle of it: what it saw then says nothing.
    if (progress.signal !== null) return;
    progress.done += 1;
    const isFailure = violations.length > 0;
    if (!isFailure) continue;
    if (!onFailure({ tier: "system", seed, schedule, violations, story })) progress.goesOn = false;
    // Without a server every further schedule would fail, a thousand times a second.
    await until("the server to be there again", () => isServing(world), { timeoutMs: 30_000 });
  }
}
