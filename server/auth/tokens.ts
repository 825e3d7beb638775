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
const cachedApiToken = freshCache<ApiTokenIdentity>(async (db, hashes) => {
  const tokens = await prismaOn(db).apiToken.findMany({
    where: { tokenHash: { in: hashes }, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
  });
  return new Map(
    tokens.map(({ tokenHash, id, name, teamId, scopes }) => [
      tokenHash,
      { type: "api_token", tokenId: id, name, teamId, scopes },
    ]),
  );
});

// Plain SQL: it is read again and again for every runner that waits.
const cachedRunner = freshCache<RunnerIdentity>(async (db, hashes) => {
  const { rows } = await db.query<{ token_hash: string; id: string; name: string; team_id: string }>({
    name: "find_runners",
    text: `SELECT token_hash, id, name, team_id FROM runner WHERE token_hash = ANY($1::text[]) AND revoked_at IS NULL`,
    values: [hashes],
  });
  return new Map(
    rows.map((row) => [row.token_hash, { type: "runner", runnerId: row.id, name: row.name, teamId: row.team_id }]),
  );
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
