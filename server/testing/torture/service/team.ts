import { randomUUID } from "node:crypto";
import { makeApiToken, makeRunner, makeTeam } from "../../api-client";
import type { World } from "./world";

export interface TeamRunner {
  id: string;
  token: string;
  slots: number;
}

/** Makes the schedule's team with its token and runners. */
export async function makeScheduleTeam(world: World): Promise<{ teamId: string; runners: TeamRunner[] }> {
  const { teamId, token } = await makeTeam(world.pool, `team ${randomUUID()}`);
  world.apiToken = token;
  const runners = await Promise.all(
    world.plan.runners.map(async (slots) => {
      const { runnerId, token } = await makeRunner(world.pool, teamId);
      return { id: runnerId, token, slots };
    }),
  );
  return { teamId, runners };
}

/** Somebody of another team, who may do nothing here. */
export async function makeStranger(world: Pick<World, "pool">): Promise<string> {
  const { teamId } = await makeTeam(world.pool, `strangers ${randomUUID()}`);
  return makeApiToken(world.pool, teamId, ["read", "run", "dispatch", "admin"]);
}
