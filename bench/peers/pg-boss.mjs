/**
 * pg-boss, a job queue in PostgreSQL with LISTEN and NOTIFY. Its own flows unlock dependents in a sweep that comes once a
 * second at best, so that graphs use the count-down layer here.
 */
import pg from "pg";
import { PgBoss } from "pg-boss";
import { insertDag, LAYER_TABLES } from "./count-down-layer.mjs";

/** `slots` are its concurrent fetches, each of up to `batch` jobs. */
/** @type {import("../peer.mjs").Tuning} */
export const tuning = {
  noop: { slots: 1, batch: 256 },
  best: { slots: 4, batch: 1000 },
  chain: { slots: 2, batch: 1 },
  fan: { slots: 4, batch: 50 },
  slots: (slots) => ({ slots, batch: 1 }),
};

const QUEUE = "q";
const INSERT_BATCH = 1_000;
const LAYER = `${LAYER_TABLES}
CREATE FUNCTION deps.finish(r int, ts int[]) RETURNS TABLE (id int, kind text) LANGUAGE sql AS $$
  WITH d AS (UPDATE deps.task SET done = true WHERE run = r AND task.id = ANY (ts) AND NOT done RETURNING task.id),
    c AS (SELECT dst, count(*)::int n FROM deps.edge WHERE run = r AND src IN (SELECT d.id FROM d) GROUP BY dst),
    u AS (UPDATE deps.task x SET pending = pending - c.n FROM c WHERE x.run = r AND x.id = c.dst
      RETURNING x.id, x.pending, x.kind)
  SELECT u.id, u.kind FROM u WHERE u.pending = 0;
$$;`;

/** @param {string} url @param {object} options */
async function startBoss(url, options) {
  const boss = new PgBoss({ connectionString: url, ...options });
  boss.on("error", (error) => process.stderr.write(`pg-boss: ${error.message}\n`));
  await boss.start();
  return boss;
}

/** Lets pg-boss work inside a transaction of ours. @param {pg.PoolClient} client */
function within(client) {
  return {
    db: { executeSql: (/** @type {string} */ text, /** @type {any[]} */ values) => client.query(text, values) },
  };
}

/** An empty database with its schema, one queue and the layer. @param {import("../row.mjs").Env} env */
export async function open(env) {
  const url = await env.freshDatabase("bench_pgboss");
  const boss = await startBoss(url, { supervise: false, schedule: false, max: 2 });
  await boss.createQueue(QUEUE, { notify: true });
  const db = new pg.Pool({ connectionString: url, max: 2 });
  await db.query(LAYER);
  let runs = 0;
  return {
    workerSettings: async () => ({ url }),
    async submitNoops(/** @type {number} */ n) {
      for (let from = 0; from < n; from += INSERT_BATCH) {
        const length = Math.min(INSERT_BATCH, n - from);
        await boss.insert(
          QUEUE,
          Array.from({ length }, (_, index) => ({ data: { run: 0, task: from + index, kind: "noop" } })),
        );
      }
      await db.query("ANALYZE");
    },
    async submitDag(/** @type {import("../dag.mjs").Dag} */ dag) {
      const run = ++runs;
      await insertDag(db, { run, dag }, (client, roots) =>
        boss.insert(
          QUEUE,
          roots.map((task) => ({ data: { run, task, kind: dag.kind } })),
          within(client),
        ),
      );
      return run;
    },
    async isSettled() {
      const text = "SELECT 1 FROM pgboss.job WHERE name = $1 AND state < 'completed' LIMIT 1";
      return (await db.query(text, [QUEUE])).rowCount === 0;
    },
    enginePids: () => [],
    async close() {
      await boss.stop({ graceful: false });
      await db.end();
    },
  };
}

/**
 * Its own worker; what a batch of a graph's tasks makes ready is enqueued when the batch has ended.
 * @param {{ url: string }} settings
 * @param {import("../peer.mjs").WorkerOptions} options
 * @param {import("../peer.mjs").Execute} execute
 */
export async function startWorker({ url }, { slots, batch }, execute) {
  const boss = await startBoss(url, { max: slots + 4, useListenNotify: true });
  const pool = new pg.Pool({ connectionString: url, max: slots });
  const options = {
    batchSize: batch,
    localConcurrency: slots,
    pollingIntervalSeconds: 0.5,
    // Its default of 30 s is what a notification costs that comes while all are busy.
    notifyPollingIntervalSeconds: 0.5,
    ...(batch > 1 ? { burstWhenBatchFull: true } : {}),
  };
  await boss.work(QUEUE, options, async (jobs) => {
    await Promise.all(jobs.map(({ data }) => execute(data.run, data.task, data.kind)));
    const { run } = jobs[0].data;
    if (run > 0)
      await finish(
        { pool, boss },
        run,
        jobs.map(({ data }) => data.task),
      );
  });
  return { stop: () => boss.stop({ graceful: false }) };
}

/** @param {{ pool: pg.Pool, boss: PgBoss }} parts @param {number} run @param {number[]} tasks */
async function finish({ pool, boss }, run, tasks) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const text = "SELECT id, kind FROM deps.finish($1, $2)";
    const { rows } = await client.query({ name: "finish", text, values: [run, tasks] });
    const ready = rows.map(({ id, kind }) => ({ data: { run, task: id, kind } }));
    if (ready.length > 0) await boss.insert(QUEUE, ready, within(client));
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
