import { randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import { authSecret } from "../../../auth/auth-secret";
import { hashPassword } from "../../../auth/password";
import type { Pool } from "../../../db/pool";
import { call, makeApiToken, makeMember, makeRunner, makeTeam } from "../../api-client";

export const PASSWORD = "correct horse battery";
export const INSTANCE = { instance_id: "one", version: "1", labels: ["linux"], slots: 100 };

/** One of each kind of thing that a request can name. */
export interface Things {
  template: string;
  run: string;
  task: string;
  runner: string;
  attempt: string;
}

export interface TeamWorld {
  teamId: string;
  /** Every scope. */
  token: string;
  readOnly: string;
  expired: string;
  revoked: string;
  runnerToken: string;
  revokedRunner: string;
  ownerCookie: string;
  viewerCookie: string;
  email: string;
  things: Things;
}

/** Two teams that have the same; requests are the first one's, and the second must never notice. */
export interface World {
  db: Pool;
  ours: TeamWorld;
  theirs: TeamWorld;
  /** Every id of a row of the other team. */
  theirIds: Set<string>;
  /** A number that no earlier call gave, for names that must be new. */
  next: () => number;
}

/** Stands in every text of the other team, so that an answer that shows one is known. */
export const CANARY = "canary-of-the-other-team";

/** Makes both teams through the product's own doors. */
export async function makeWorld(db: Pool): Promise<World> {
  let count = 0;
  const next = () => {
    count += 1;
    return count;
  };
  const ours = await makeTeamWorld(db, "ours");
  const theirs = await makeTeamWorld(db, CANARY);
  const { rows } = await db.query<{ id: string }>(
    `SELECT $1::text AS id UNION SELECT id::text FROM workflow_run WHERE team_id = $1::uuid
     UNION SELECT id::text FROM task WHERE team_id = $1::uuid UNION SELECT id::text FROM runner WHERE team_id = $1::uuid
     UNION SELECT id::text FROM workflow_template WHERE team_id = $1::uuid
     UNION SELECT a.id::text FROM attempt a JOIN runner r ON r.id = a.runner_id WHERE r.team_id = $1::uuid`,
    [theirs.teamId],
  );
  return { db, ours, theirs, theirIds: new Set(rows.map(({ id }) => id)), next };
}

async function makeTeamWorld(db: Pool, name: string): Promise<TeamWorld> {
  const { teamId, token } = await makeTeam(db, name);
  const [readOnly, expired, revoked] = await Promise.all(
    ["read", "read", "read"].map((s) => makeApiToken(db, teamId, [s])),
  );
  if (!readOnly || !expired || !revoked) throw new Error("a token is missing");
  const all = "{read,run,dispatch,admin,runner}";
  const { hashToken } = await import("../../../auth/token-text");
  await db.query("UPDATE api_token SET scopes = $2, expires_at = now() - interval '1 day' WHERE token_hash = $1", [
    hashToken(expired),
    all,
  ]);
  await db.query("UPDATE api_token SET scopes = $2, revoked_at = now() WHERE token_hash = $1", [
    hashToken(revoked),
    all,
  ]);
  const definition = { name: `${name} workflow`, steps: { a: { run: "true", name }, b: { run: "true", needs: "a" } } };
  const template = await made("/api/v1/workflow-templates", { token, body: definition });
  const held = await makeAttempt(db, { teamId, token, name });
  const gone = await makeRunner(db, teamId);
  await db.query("UPDATE runner SET revoked_at = now() WHERE id = $1", [gone.runnerId]);
  const owner = await makeMember(db, teamId, "owner");
  const viewer = await makeMember(db, teamId, "viewer");
  await db.query("UPDATE app_user SET password_hash = $2 WHERE id = $1", [owner.userId, await hashPassword(PASSWORD)]);
  return {
    teamId,
    token,
    readOnly,
    expired,
    revoked,
    runnerToken: held.token,
    revokedRunner: gone.token,
    ownerCookie: await cookieOf(owner.userId),
    viewerCookie: await cookieOf(viewer.userId),
    email: `${owner.userId}@example.com`,
    things: { template: template.id, run: held.run, task: held.task, runner: held.runnerId, attempt: held.attempt },
  };
}

/** A new run of two steps in manual mode. */
export async function makeRun(team: { token: string }, name = "run"): Promise<{ id: string; task_ids: string[] }> {
  const definition = { name, steps: { a: { run: "true", name }, b: { run: "true", needs: "a" } } };
  return made("/api/v1/workflow-runs", { token: team.token, body: { definition } });
}

/** A new runner that holds one queued attempt. */
export async function makeAttempt(
  db: Pool,
  team: { teamId: string; token: string; name?: string },
): Promise<{ runnerId: string; token: string; run: string; task: string; attempt: string }> {
  const { runnerId, token } = await makeRunner(db, team.teamId);
  // A label of its own, so that this runner and no other gets the task.
  const label = randomUUID();
  const name = team.name ?? "run";
  const steps = { a: { run: "true", name, "runs-on": label }, b: { run: "true", needs: "a", "runs-on": label } };
  const run = await made("/api/v1/workflow-runs", {
    token: team.token,
    body: { definition: { name, steps }, dispatch: "auto" },
  });
  const body = { runner: { ...INSTANCE, labels: [label] }, free_slots: 1, wait_ms: 5_000 };
  const { assignments } = await made("/api/runner/sync", { token, body });
  return { runnerId, token, run: run.id, task: run.task_ids[0], attempt: assignments[0].attempt_id };
}

async function made(path: string, given: { token: string; body: unknown }) {
  const { status, json, text } = await call("POST", path, given);
  if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
  return json;
}

async function cookieOf(userId: string): Promise<string> {
  return `next-auth.session-token=${await encode({ token: { sub: userId }, secret: authSecret() })}`;
}
