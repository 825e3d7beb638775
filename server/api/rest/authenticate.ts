import type { Policy } from "../../auth/policy";
import { scopesMay } from "../../auth/policy";
import { bearerToken } from "../../auth/token-text";
import { findApiToken, findRunnerToken, type RunnerIdentity } from "../../auth/tokens";
import type { Engine } from "../../engine/engine";
import { AppError } from "../../errors";
import type { ApiRequest } from "../api-request";
import { type Caller, callerOfToken } from "../caller";

export interface Identity {
  caller: Caller;
  tokenId: string;
  scopes: string[];
  runner: RunnerIdentity | null;
  mayStill: () => Promise<boolean>;
}

/** Who sends the request, by its bearer token: a runner's for the runner protocol, an API token for everything else. */
export async function authenticate(engine: Engine, request: ApiRequest, policy: Policy): Promise<Identity> {
  const token = bearerToken(request);
  if (token === null)
    throw new AppError(
      "unauthenticated",
      "Send a token: Authorization: Bearer <token>. Tokens are 16 to 200 characters.",
    );
  if (policy === "runner.protocol") {
    const runner = await findRunnerToken(engine.pool, token);
    if (!runner) throw new AppError("unauthenticated", "This runner token is unknown, expired or revoked.");
    return {
      caller: { engine, teamId: runner.teamId, actor: { type: "runner", id: runner.runnerId, name: runner.name } },
      tokenId: runner.runnerId,
      scopes: ["runner"],
      runner,
      mayStill: async () => (await findRunnerToken(engine.pool, token)) !== null,
    };
  }
  const found = await findApiToken(engine.pool, token);
  if (!found) throw new AppError("unauthenticated", "This API token is unknown, expired or revoked.");
  return {
    caller: callerOfToken(engine, found),
    tokenId: found.tokenId,
    scopes: found.scopes,
    runner: null,
    mayStill: async () => scopesMay((await findApiToken(engine.pool, token))?.scopes ?? [], policy),
  };
}
