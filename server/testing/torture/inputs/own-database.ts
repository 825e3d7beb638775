import { randomBytes } from "node:crypto";
import pg from "pg";
import { migrate } from "../../../db/migrate";

/** A migrated database of its own on this server, given by its URL; dropped when `drop` is called. */
export async function ownDatabase(serverUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `torture_inputs_${randomBytes(4).toString("hex")}`;
  await asAdmin(serverUrl, `CREATE DATABASE ${name}`);
  // Nothing in it has to survive a crash, and commits are most of what a campaign waits for.
  await asAdmin(serverUrl, `ALTER DATABASE ${name} SET synchronous_commit = off`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.toString());
  return { url: url.toString(), drop: () => asAdmin(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function asAdmin(serverUrl: string, statement: string): Promise<void> {
  const url = new URL(serverUrl);
  url.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
