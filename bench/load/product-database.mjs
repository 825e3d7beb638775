import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import pg from "pg";

/**
 * Looks at the product's database from outside, as its superuser.
 * @param {import("../row.mjs").Env} env
 */
export async function productDatabase(env) {
  const client = new pg.Client({ connectionString: env.pgUrl() });
  // A connection that breaks when the server stops is no error of ours.
  client.on("error", () => {});
  await client.connect();
  return {
    client,
    end: () => client.end(),
    /** Bytes of all tables with their indexes and what is stored beside them. */
    bytes: async () => {
      const { rows } = await client.query(
        "SELECT sum(pg_total_relation_size(relid))::float8 AS bytes FROM pg_stat_user_tables",
      );
      return rows[0].bytes;
    },
    /** Connections of everybody but this client. */
    connections: async () => {
      const { rows } = await client.query(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      );
      return rows[0].count;
    },
    countStatements: () => countStatements(client),
  };
}

/**
 * Counts the statements that the server executes from now on: PostgreSQL writes one line for each into its log,
 * BEGIN and COMMIT included. `stop` ends that and returns how many there were. Needs a superuser.
 * @param {pg.Client} client
 */
async function countStatements(client) {
  const { rows } = await client.query("SHOW data_directory");
  const log = path.join(path.dirname(rows[0].data_directory), "log");
  const setting = async (/** @type {string} */ value) => {
    await client.query(`ALTER SYSTEM SET log_statement = '${value}'`);
    await client.query("SELECT pg_reload_conf()");
  };
  const before = (await stat(log)).size;
  await setting("all");
  return {
    stop: async () => {
      await setting("none");
      const lines = (await readFile(log)).subarray(before).toString("utf8");
      // What this client did to switch it off is not the product's.
      const own = (lines.match(/ALTER SYSTEM SET log_statement|SELECT pg_reload_conf/g) ?? []).length;
      return (lines.match(/ LOG: {2}(statement|execute)\b/g) ?? []).length - own;
    },
  };
}
