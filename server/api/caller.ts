import type { Session } from "../auth/session";
import type { ApiTokenIdentity } from "../auth/tokens";
import type { Actor, Engine } from "../engine/engine";
import type { readRun } from "../read/run";

/** What reads take: the pool, or the transaction whose answer is being remembered. */
export type Db = Parameters<typeof readRun>[0];

/** Who asks, by whichever door: what every operation of REST and tRPC needs to know. */
export interface Caller {
  engine: Engine;
  teamId: string;
  actor: Actor;
}

/** A signed-in member. */
export function callerOfSession(engine: Engine, session: Session): Caller {
  return { engine, teamId: session.teamId, actor: { type: "user", id: session.userId, name: session.name } };
}

/** A program with an API token. */
export function callerOfToken(engine: Engine, token: ApiTokenIdentity): Caller {
  return { engine, teamId: token.teamId, actor: { type: "api_token", id: token.tokenId, name: token.name } };
}
