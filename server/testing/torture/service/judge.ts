import { violationsOf } from "../../check-run";
import { judgeAttempts } from "./judge-attempts";
import { judgeEvents } from "./judge-events";
import { judgeLogs } from "./judge-logs";
import { judgePeople } from "./judge-people";
import { judgeReports } from "./judge-reports";
import type { ModelLogs } from "./model-logs";
import type { ModelState } from "./model-state";
import type { PeopleRecord } from "./people";
import { readOutcome } from "./read-outcome";
import type { World } from "./world";

export interface Played {
  teamId: string;
  record: PeopleRecord;
  runners: { state: ModelState; logs: ModelLogs }[];
  viewers: { runId: string; seen: string[] }[];
}

/** Everything that can be said once nothing moves any more: the database against the ledger and what anybody was told. */
export async function judge(world: World, played: Played): Promise<void> {
  const states = played.runners.map((runner) => runner.state);
  for (const run of world.runs) for (const found of await violationsOf(world, run.id)) world.violate(found);
  const outcome = await readOutcome(world.pool, played.teamId);
  if (outcome.runs.length !== world.runs.length)
    world.violate(`${world.runs.length} runs were created, the team has ${outcome.runs.length}`);
  for (const run of outcome.runs) if (!run.settled) world.violate(`run ${run.id} is ${run.status} and has not settled`);
  judgeAttempts(world, outcome, states);
  judgeReports(world, outcome, states);
  judgeEvents(world, outcome);
  judgePeople(world, outcome, played.record);
  await judgeLogs(world, outcome, played.runners);
  await judgeViewers(world, played);
}

/** What viewers saw is what the list of events says, word for word. */
async function judgeViewers(world: World, { viewers }: Played): Promise<void> {
  for (const { runId, seen } of viewers) {
    const message = { method: "GET", path: `/api/v1/workflow-runs/${runId}/events`, token: world.apiToken } as const;
    const answer = await world.send(world.host(world.dice(6)), message);
    if (answer?.status !== 200) continue;
    const events = (JSON.parse(answer.text) as { items: unknown[] }).items.map((item) => JSON.stringify(item));
    const wrong = events.findIndex((event, index) => event !== seen[index]);
    if (wrong >= 0 || events.length !== seen.length)
      world.violate(`a viewer saw event ${wrong + 1} of ${events.length} as ${seen[wrong]}, it is ${events[wrong]}`);
  }
}
