import { readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { embeddedPostgres } from "../server/start/embedded-postgres.mjs";
import { until } from "./clock.mjs";

/** What the product's own database is called. */
const PRODUCT = "switchyard";

/**
 * Starts the PostgreSQL that all sides use: the product's embedded one with the product's settings, in a folder of its own.
 * @param {string} dir
 */
export async function startDatabase(dir) {
  const postgres = embeddedPostgres(dir);
  await postgres.start();
  const admin = new pg.Pool({ connectionString: postgres.superuserUrl(), max: 1 });
  // A connection that breaks when the server stops is no error of ours.
  admin.on("error", () => {});
  const pgUrl = (/** @type {string} */ database = PRODUCT) => {
    const url = new URL(postgres.superuserUrl());
    url.pathname = `/${database}`;
    return url.href;
  };
  return {
    pgUrl,
    /** What the product connects with. */
    productUrl: () => postgres.url(),
    postmaster: () => Number(readFileSync(path.join(dir, "data", "postmaster.pid"), "utf8").split("\n")[0]),
    version: async () => (await admin.query("SHOW server_version")).rows[0].server_version,
    freshDatabase: async (/** @type {string} */ name) => {
      const quoted = pg.escapeIdentifier(name);
      // A pool that has ended is still closing its connections; one that is cut off under it throws where nobody catches.
      const connected = "SELECT 1 FROM pg_stat_activity WHERE datname = $1 LIMIT 1";
      await until(
        `the end of the connections to ${name}`,
        async () => (await admin.query(connected, [name])).rowCount === 0,
      );
      await admin.query(`DROP DATABASE IF EXISTS ${quoted}`);
      await admin.query(`CREATE DATABASE ${quoted}`);
      return pgUrl(name);
    },
    /** So that no measurement pays for what an earlier one has written. */
    checkpoint: async () => {
      await admin.query("CHECKPOINT");
    },
    stop: async () => {
      await admin.end();
      await postgres.stop();
    },
  };
}
