import { decode } from "next-auth/jwt";
import type { Pool } from "../db/pool";
import { prismaOn } from "../db/prisma";
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
export async function readSession(db: Pool, cookieHeader: string | null): Promise<Session | null> {
  const userId = await sessionUserId(cookieHeader);
  return userId === null ? null : readMembership(db, userId);
}

/** A user's team and role as of at most 3 s ago; null once the membership is gone. */
export const readMembership = freshCache<Session>(async (db, userIds) => {
  const members = await prismaOn(db).member.findMany({
    where: { userId: { in: userIds } },
    orderBy: [{ createdAt: "desc" }, { teamId: "desc" }],
    include: { user: true, team: true },
  });
  // A person belongs to one team; with several, the oldest membership counts: it is the last to be set.
  const sessions = new Map<string, Session>();
  for (const { userId, user, team, role: word } of members) {
    const role = ROLES.find((known) => known === word);
    if (role)
      sessions.set(userId, { userId, name: user.name, email: user.email, teamId: team.id, teamName: team.name, role });
    else sessions.delete(userId);
  }
  return sessions;
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
