import type { Pool } from "../../../db/pool";
import { violationsOf } from "../../check-run";
import { chance } from "../../dice";
import { judge } from "./judge";
import { ModelRunner } from "./model-runner";
import { actAsPerson, createRuns, dispatch, PeopleRecord } from "./people";
import { checkPlan } from "./plan-check";
import { makeScheduleTeam } from "./team";
import { Viewer } from "./viewer";
import type { WebPair } from "./web-pair";
import { pass, World } from "./world";

/** Nothing takes so long, not even a lease that runs out three times on a busy machine. */
const STUCK_MS = 20_000;

/** What all schedules share. */
export interface ScheduleParts {
  pool: Pool;
  web: WebPair;
  /** An API token of another team. */
  strangerToken: string;
}

export interface ScheduleOutcome {
  violations: string[];
  story: string[];
}

/** Runs one schedule from its seed to the last check. */
export async function runSchedule(
  parts: ScheduleParts,
  seeds: [seed: number, schedule: number],
): Promise<ScheduleOutcome> {
  const world = new World(parts.pool, parts.web, seeds);
  world.strangerToken = parts.strangerToken;
  try {
    await play(world);
  } catch (error) {
    world.violate(`the schedule broke off: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    world.over.abort();
  }
  return { violations: world.violations, story: world.story };
}

async function play(world: World): Promise<void> {
  const { plan } = world;
  const record = new PeopleRecord();
  const team = await makeScheduleTeam(world);
  await createRuns(world, record, world.dice(1));
  const runners = team.runners.map((given, index) => new ModelRunner(world, given, world.dice(100 + index)));
  const viewers = world.runs
    .slice(0, plan.viewers)
    .map((run, index) => ({ run, viewer: new Viewer(world, run, world.dice(200 + index)) }));
  const following = viewers.map(({ viewer }) => viewer.follow());
  const working = runners.map((runner) => runner.run());
  const all = Promise.all([...working, ...following]);
  // Its failure is thrown where it is awaited; until then it must not end the process.
  all.catch(() => world.over.abort());
  const strike = plan.strike ? world.web.strike(world.dice(3), plan.strike) : Promise.resolve(null);
  strike.catch(() => world.over.abort());
  await Promise.all([
    ...plan.peopleSteps.map((steps, index) =>
      actAsPerson(world, record, { dice: world.dice(10 + index), steps, maySwitch: index === 0 }),
    ),
    lookNow(world),
  ]);
  const struck = await strike;
  if (struck) world.note(struck);
  world.isCalm = true;
  world.note("calm");
  await workOff(world, record);
  await findLastNumbers(world);
  world.over.abort();
  await all;
  await judge(world, {
    teamId: team.teamId,
    record,
    runners: runners.map((runner) => ({ state: runner.state, logs: runner.logs })),
    viewers: viewers.map(({ run, viewer }) => ({ runId: run.id, seen: viewer.seen })),
  });
}

/** Judges a committed state in the middle of everything. */
async function lookNow(world: World): Promise<void> {
  const dice = world.dice(2);
  for (let looks = chance(dice, 40) ? 1 : 0; looks > 0; looks -= 1) {
    await pass(dice(200));
    for (const run of world.runs)
      for (const violation of await violationsOf(world, run.id)) world.violate(`meanwhile: ${violation}`);
  }
}

const HEADS = `
SELECT id, settled, id || ':' || last_event_number AS head,
  (counts->>'dispatched')::int + (counts->>'queued')::int + (counts->>'running')::int
    + (counts->>'cancel-requested')::int > 0 AS active
FROM workflow_run WHERE id = ANY($1::uuid[])`;

/** Dispatches whatever is ready until no run can move any further; a run that does not get there is stuck. */
async function workOff(world: World, record: PeopleRecord): Promise<void> {
  const dice = world.dice(4);
  let seen = "";
  let since = performance.now();
  while (!world.over.signal.aborted) {
    const { rows } = await world.pool.query<{ id: string; settled: boolean; active: boolean; head: string }>({
      name: "run_heads",
      text: HEADS,
      values: [world.runs.map((run) => run.id)],
    });
    const open = rows.filter((row) => !row.settled);
    const head = rows.map((row) => row.head).join();
    if (head !== seen) {
      seen = head;
      since = performance.now();
    } else if (performance.now() - since > STUCK_MS) {
      world.violate(`run ${open.map((row) => row.head).join()} is stuck: nothing has moved for ${STUCK_MS} ms`);
      return;
    }
    let dispatched = 0;
    // A settled run may still have something that a person can start: what stopped at a failure.
    const idle = rows.filter((row) => !row.active);
    for (const { id } of idle) {
      const run = world.runs.find((one) => one.id === id);
      if (!run || record.aborts.some((abort) => abort.runId === id && abort.status === 200)) continue;
      if (chance(dice, 12)) await checkPlan(world, run);
      dispatched += await dispatch({ world, record, dice, run }, { limit: 15 });
    }
    if (dispatched === 0 && open.length === 0) return;
    if (dispatched === 0) await world.nextChange(60);
  }
}

/** What viewers still have to see. */
async function findLastNumbers(world: World): Promise<void> {
  const { rows } = await world.pool.query<{ id: string; last_event_number: number }>(
    "SELECT id, last_event_number FROM workflow_run WHERE id = ANY($1::uuid[])",
    [world.runs.map((run) => run.id)],
  );
  for (const row of rows) world.lastNumbers.set(row.id, row.last_event_number);
}
