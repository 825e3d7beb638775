import { randomUUID } from "node:crypto";
import { SCOPES } from "../../../auth/policy";
import { API_TOKEN_PREFIX, hashToken, makeToken, RUNNER_TOKEN_PREFIX } from "../../../auth/token-text";
import type { Pool } from "../../../db/pool";
import type { World } from "./world";

export interface TeamRunner {
  id: string;
  token: string;
  slots: number;
  labels: string[];
}

/** Makes a team with an API token that may do everything in it. */
export async function makeTeam(pool: Pool): Promise<{ teamId: string; token: string }> {
  const teamId = randomUUID();
  const token = makeToken(API_TOKEN_PREFIX);
  await pool.query("INSERT INTO team (id, name) VALUES ($1, $2)", [teamId, `team ${teamId}`]);
  await pool.query("INSERT INTO api_token (id, team_id, name, token_hash, scopes) VALUES ($1, $2, 'person', $3, $4)", [
    randomUUID(),
    teamId,
    hashToken(token),
    [...SCOPES],
  ]);
  return { teamId, token };
}

/** Makes the schedule's team with its token and runners. */
export async function makeScheduleTeam(world: World): Promise<{ teamId: string; runners: TeamRunner[] }> {
  const { teamId, token } = await makeTeam(world.pool);
  world.apiToken = token;
  const runners = world.plan.runners.map((planned) => ({
    id: randomUUID(),
    token: makeToken(RUNNER_TOKEN_PREFIX),
    ...planned,
  }));
  await world.pool.query(
    `INSERT INTO runner (id, team_id, name, token_hash)
     SELECT x.id, $1, 'model', x.hash FROM unnest($2::uuid[], $3::text[]) AS x(id, hash)`,
    [teamId, runners.map((runner) => runner.id), runners.map((runner) => hashToken(runner.token))],
  );
  return { teamId, runners };
}
