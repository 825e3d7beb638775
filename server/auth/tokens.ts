import type { Queryable } from "../db/pool";
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

interface ApiTokenRow {
  id: string;
  name: string;
  team_id: string;
  scopes: string[];
}

// Looked up by hash, so the time it takes says nothing about the token (unique index api_token_token_hash_key).
const cachedApiToken = freshCache<ApiTokenIdentity>(async (db, hash) => {
  const { rows } = await db.query<ApiTokenRow>(
    `SELECT id, name, team_id, scopes FROM api_token
     WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [hash],
  );
  const row = rows[0];
  return row ? { type: "api_token", tokenId: row.id, name: row.name, teamId: row.team_id, scopes: row.scopes } : null;
});

const cachedRunner = freshCache<RunnerIdentity>(async (db, hash) => {
  const { rows } = await db.query<{ id: string; name: string; team_id: string }>(
    "SELECT id, name, team_id FROM runner WHERE token_hash = $1 AND revoked_at IS NULL",
    [hash],
  );
  const row = rows[0];
  return row ? { type: "runner", runnerId: row.id, name: row.name, teamId: row.team_id } : null;
});

/** Whose API token this is; null when unknown, expired or revoked. */
export async function findApiToken(db: Queryable, token: string): Promise<ApiTokenIdentity | null> {
  const found = await cachedApiToken(db, hashToken(token));
  if (found) noteTokenUse(db, found.tokenId);
  return found;
}

/** Whose runner token this is; null when unknown or revoked. */
export function findRunnerToken(db: Queryable, token: string): Promise<RunnerIdentity | null> {
  return cachedRunner(db, hashToken(token));
}
