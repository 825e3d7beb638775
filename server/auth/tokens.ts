import type { Pool } from "../db/pool";
import { prismaOn } from "../db/prisma";
import { freshCache } from "./fresh-cache";
import { hashToken } from "./token-text";
import { noteTokenUse } from "./token-use";

export interface ApiTokenIdentity {
  type: "api_token";
  tokenId: string;
  name: string;
  teamId: string;
  scopes: string[];
}

export interface RunnerIdentity {
  type: "runner";
  runnerId: string;
  name: string;
  teamId: string;
}

// Looked up by hash, so the time it takes says nothing about the token.
const cachedApiToken = freshCache<ApiTokenIdentity>(async (db, tokenHash) => {
  const token = await prismaOn(db).apiToken.findFirst({
    where: { tokenHash, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
  });
  return token
    ? { type: "api_token", tokenId: token.id, name: token.name, teamId: token.teamId, scopes: token.scopes }
    : null;
});

const cachedRunner = freshCache<RunnerIdentity>(async (db, tokenHash) => {
  const runner = await prismaOn(db).runner.findFirst({ where: { tokenHash, revokedAt: null } });
  return runner ? { type: "runner", runnerId: runner.id, name: runner.name, teamId: runner.teamId } : null;
});

/** Whose API token this is; null when unknown, expired or revoked. */
export async function findApiToken(db: Pool, token: string): Promise<ApiTokenIdentity | null> {
  const found = await cachedApiToken(db, hashToken(token));
  if (found) noteTokenUse(db, found.tokenId);
  return found;
}

/** Whose runner token this is; null when unknown or revoked. */
export function findRunnerToken(db: Pool, token: string): Promise<RunnerIdentity | null> {
  return cachedRunner(db, hashToken(token));
}
