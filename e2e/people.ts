import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import { hashPassword } from "../server/auth/password";
import { settings } from "./settings";

export interface Person {
  email: string;
  password: string;
}

/** Adds a member with a role to the team whose API token the tests use, or to a team of its own. */
export async function addPerson(role: string, team: "ours" | "another"): Promise<Person> {
  const person = { email: `${role}-${randomUUID()}@example.com`, password: randomUUID() };
  const client = new pg.Client({ connectionString: settings.databaseUrl });
  await client.connect();
  try {
    const userId = randomUUID();
    const teamId = team === "ours" ? await ourTeam(client) : randomUUID();
    if (team === "another") await client.query("INSERT INTO team (id, name) VALUES ($1, 'Another team')", [teamId]);
    await client.query("INSERT INTO app_user (id, email, name, password_hash) VALUES ($1, $2, $3, $4)", [
      userId,
      person.email,
      role,
      await hashPassword(person.password),
    ]);
    await client.query("INSERT INTO member (team_id, user_id, role) VALUES ($1, $2, $3)", [teamId, userId, role]);
  } finally {
    await client.end();
  }
  return person;
}

/** An API token with every scope, of a team that is not ours. */
export async function addForeignToken(): Promise<string> {
  const token = `foreign-${randomUUID()}`;
  const teamId = randomUUID();
  const client = new pg.Client({ connectionString: settings.databaseUrl });
  await client.connect();
  try {
    await client.query("INSERT INTO team (id, name) VALUES ($1, 'Another team')", [teamId]);
    await client.query("INSERT INTO api_token (id, team_id, name, token_hash, scopes) VALUES ($1, $2, 'e2e', $3, $4)", [
      randomUUID(),
      teamId,
      createHash("sha256").update(token).digest("hex"),
      ["read", "run", "dispatch", "admin"],
    ]);
  } finally {
    await client.end();
  }
  return token;
}

async function ourTeam(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ team_id: string }>(
    `SELECT m.team_id FROM member m JOIN app_user u ON u.id = m.user_id WHERE u.email = $1`,
    [settings.email.toLowerCase()],
  );
  const [row] = rows;
  if (!row) throw new Error(`${settings.email} is in no team`);
  return row.team_id;
}
