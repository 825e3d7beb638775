import type { PeopleRecord } from "./people";
import type { Outcome, OutcomeEvent } from "./read-outcome";
import type { World, WorldRun } from "./world";

/** What people were told happened, as often as they were told and no more often. */
export function judgePeople(world: World, { runs, events }: Outcome, record: PeopleRecord): void {
  const byToken = events.filter((event) => event.actor_type === "api_token");
  for (const run of world.runs)
    for (const [key, taskId] of run.tasks) {
      const of = (list: OutcomeEvent[], ...types: string[]) =>
        list.filter((event) => event.task_id === taskId && types.includes(event.type)).length;
      const told = record.dispatched.filter((ids) => ids.includes(taskId)).length + dispatchedAtCreation(run, key);
      const done = of(byToken, "task.dispatched");
      if (told !== done)
        world.violate(`people were told ${told} times that ${key} was dispatched, it was ${done} times`);
      const cancels = record.cancels.filter((cancel) => cancel.taskId === taskId);
      const stopped = of(events, "task.canceled", "task.cancel_requested");
      if (cancels.some((cancel) => cancel.status === 200) && stopped === 0)
        world.violate(`the cancel of ${key} was confirmed and no event tells of it`);
    }
  for (const run of runs) judgeRun(world, record, { run, events: events.filter((event) => event.run_id === run.id) });
}

/** In auto mode whoever creates a run dispatches what needs nothing. */
function dispatchedAtCreation({ plan }: WorldRun, key: string): number {
  return plan.dispatch === "auto" && plan.needs.get(key)?.length === 0 ? 1 : 0;
}

function judgeRun(
  world: World,
  record: PeopleRecord,
  { run, events }: { run: Outcome["runs"][number]; events: OutcomeEvent[] },
): void {
  const aborts = events.filter((event) => event.type === "workflow_run.aborted");
  const isAborted = record.aborts.some((abort) => abort.runId === run.id && abort.status === 200);
  if (aborts.length !== (isAborted ? 1 : 0))
    world.violate(
      `the abort of run ${run.id} was ${isAborted ? "" : "not "}confirmed, ${aborts.length} events tell of it`,
    );
  if (aborts.some((event) => event.actor_type !== "api_token")) world.violate("an abort has no person as its actor");
  let mode = world.runs.find((one) => one.id === run.id)?.plan.dispatch ?? "manual";
  for (const event of events) {
    if (event.type !== "workflow_run.dispatch_mode_changed") continue;
    if (event.data.from !== (mode as unknown) || event.data.dispatch === mode)
      world.violate(`event ${event.number} switches from ${event.data.from} to ${event.data.dispatch}, it was ${mode}`);
    mode = event.data.dispatch === "auto" ? "auto" : "manual";
  }
  if (mode !== run.dispatch) world.violate(`events replay to ${mode} mode, the run is in ${run.dispatch} mode`);
  const confirmed = record.modes.get(run.id);
  // A switch that a stopped process serves late may come after the next one.
  const isSure = !world.web.wasInTrouble(world.beganAt, Date.now());
  if (isSure && confirmed !== undefined && confirmed !== run.dispatch)
    world.violate(`${confirmed} mode was confirmed last, the run is in ${run.dispatch} mode`);
}
