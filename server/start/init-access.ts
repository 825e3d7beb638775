import { randomBytes } from "node:crypto";
import { v7 as uuid } from "uuid";
import { hashPassword } from "../auth/password";
import { SCOPES } from "../auth/policy";
import { hashToken } from "../auth/token-text";
import type { Pool, Tx } from "../db/pool";

/** Two starts against one database take turns. */
const INIT_LOCK = 72_707_370;
const DEFAULT_EMAIL = "admin@localhost";

interface AccessWanted {
  adminEmail: string | null;
  adminPassword: string | null;
  apiTokens: { name: string; token: string }[];
  runners: { name: string; token: string }[];
}

interface Access {
  teamId: string;
  email: string;
  /** Only when it was made here, just now. */
  password: string | null;
}

/** Creates team, administrator, tokens and runners as far as they are missing, and changes nothing that exists. */
export async function createAccess(pool: Pool, wanted: AccessWanted): Promise<Access> {
  const tx = await pool.connect();
  try {
    await tx.query("BEGIN");
    await tx.query("SELECT pg_advisory_xact_lock($1)", [INIT_LOCK]);
    const teamId = await firstTeam(tx);
    const admin = await administrator(tx, teamId, wanted);
    for (const { name, token } of wanted.apiTokens)
      await tx.query(
        `INSERT INTO api_token (id, team_id, name, token_hash, scopes) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (token_hash) DO NOTHING`,
        [uuid(), teamId, name, hashToken(token), SCOPES],
      );
    for (const { name, token } of wanted.runners)
      await tx.query(
        "INSERT INTO runner (id, team_id, name, token_hash) VALUES ($1, $2, $3, $4) ON CONFLICT (token_hash) DO NOTHING",
        [uuid(), teamId, name, hashToken(token)],
      );
    await tx.query("COMMIT");
    return { teamId, ...admin };
  } catch (error) {
    await tx.query("ROLLBACK");
    throw error;
  } finally {
    tx.release();
  }
}

async function firstTeam(tx: Tx): Promise<string> {
  const { rows } = await tx.query<{ id: string }>("SELECT id FROM team ORDER BY created_at, id LIMIT 1");
  const found = rows[0]?.id;
  if (found !== undefined) return found;
  const id = uuid();
  await tx.query("INSERT INTO team (id, name) VALUES ($1, 'Main')", [id]);
  return id;
}

async function administrator(tx: Tx, teamId: string, wanted: AccessWanted): Promise<Omit<Access, "teamId">> {
  const email = (wanted.adminEmail ?? (await firstOwner(tx, teamId)) ?? DEFAULT_EMAIL).trim().toLowerCase();
  const { rows } = await tx.query("SELECT 1 FROM app_user WHERE email = $1", [email]);
  if (rows.length > 0) return { email, password: null };
  const password = wanted.adminPassword ?? randomBytes(12).toString("base64url");
  const id = uuid();
  await tx.query("INSERT INTO app_user (id, email, name, password_hash) VALUES ($1, $2, $3, $4)", [
    id,
    email,
    email.split("@")[0] ?? email,
    await hashPassword(password),
  ]);
  await tx.query("INSERT INTO member (team_id, user_id, role) VALUES ($1, $2, 'owner')", [teamId, id]);
  return { email, password: wanted.adminPassword === null ? password : null };
}

async function firstOwner(tx: Tx, teamId: string): Promise<string | null> {
  const { rows } = await tx.query<{ email: string }>(
    `SELECT u.email FROM member m JOIN app_user u ON u.id = m.user_id
     WHERE m.team_id = $1 AND m.role = 'owner' ORDER BY m.created_at, u.email LIMIT 1`,
    [teamId],
  );
  return rows[0]?.email ?? null;
}
