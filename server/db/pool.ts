import type { Writable } from "node:stream";
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
    // What a burst opened is given back soon: a calm server needs two or three.
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    // Statements sent without waiting for one another share a round trip; each still sees what those before it did.
    pipeline: true,
    application_name: "switchyard",
    options: "-c timezone=UTC",
  });
  pool.on("connect", (client) => sendTogether(client));
  // An idle connection that the database closes is replaced on next use; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}

/** Lets statements that are sent in one turn of the event loop leave in one packet; `pg` writes each for itself. */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  let isCollecting = false;
  stream.write = (...given: unknown[]) => {
    if (!isCollecting) {
      isCollecting = true;
      stream.cork();
      process.nextTick(() => {
        isCollecting = false;
        stream.uncork();
      });
    }
    return write(...given);
  };
}
