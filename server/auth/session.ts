import { decode } from "next-auth/jwt";
import type { Queryable } from "../db/pool";
import { authSecret } from "./auth-secret";
import { freshCache } from "./fresh-cache";
import { ROLES, type Role } from "./policy";

export interface Session {
  userId: string;
  name: string;
  email: string;
  teamId: string;
  teamName: string;
  role: Role;
}

const COOKIES = ["__Secure-next-auth.session-token", "next-auth.session-token"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Who sends these cookies, with the team and role that the database holds now; null when nobody who belongs here. */
export async function readSession(db: Queryable, cookieHeader: string | null): Promise<Session | null> {
  const userId = await sessionUserId(cookieHeader);
  return userId === null ? null : readMembership(db, userId);
}

/** A user's team and role as of at most 2 s ago; null once the membership is gone. */
export const readMembership = freshCache<Session>(async (db, userId) => {
  // A person belongs to one team; with several, the oldest membership counts.
  const { rows } = await db.query<{
    id: string;
    name: string;
    email: string;
    team_id: string;
    team_name: string;
    role: string;
  }>(
    `SELECT u.id, u.name, u.email, m.team_id, t.name AS team_name, m.role
     FROM app_user u JOIN member m ON m.user_id = u.id JOIN team t ON t.id = m.team_id
     WHERE u.id = $1 ORDER BY m.created_at, m.team_id LIMIT 1`,
    [userId],
  );
  const row = rows[0];
  const role = ROLES.find((known) => known === row?.role);
  if (!row || !role) return null;
  return { userId: row.id, name: row.name, email: row.email, teamId: row.team_id, teamName: row.team_name, role };
});

async function sessionUserId(cookieHeader: string | null): Promise<string | null> {
  const cookies = parseCookies(cookieHeader ?? "");
  for (const name of COOKIES) {
    const token = cookies.get(name) ?? inChunks(cookies, name);
    if (!token) continue;
    // A cookie that was not sealed with our secret, or has expired, is no cookie.
    const claims = await decode({ token, secret: authSecret() }).catch(() => null);
    const userId = claims?.sub;
    if (typeof userId === "string" && UUID.test(userId)) return userId;
  }
  return null;
}

function parseCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at > 0) cookies.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return cookies;
}

/** next-auth splits a long cookie into name.0, name.1, … */
function inChunks(cookies: Map<string, string>, name: string): string {
  let text = "";
  for (let n = 0; cookies.has(`${name}.${n}`); n++) text += cookies.get(`${name}.${n}`);
  return text;
}
