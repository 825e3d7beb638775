import pg from "pg";

/** What a query can be sent to: the pool, or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, "query"> | Pick<pg.Pool, "query">;
export type Pool = pg.Pool;
export type Tx = pg.PoolClient;

/** Makes a pool that speaks UTC, never waits longer than 5 s for a connection, and survives a lost one. */
export function createPool(url: string, max = 10): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // Statements sent without waiting for one another share a round trip; each still sees what those before it did.
    pipeline: true,
    application_name: "switchyard",
    options: "-c timezone=UTC",
  });
  // An idle connection that the database closes is replaced on next use; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}
