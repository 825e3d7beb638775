/** graphile-worker, a job queue in PostgreSQL, with the count-down layer for dependencies. */
import { Logger, runMigrations, run as runWorker } from "graphile-worker";
import pg from "pg";
import { insertDag, LAYER_TABLES } from "./count-down-layer.mjs";

/** `batch` is its local queue; 0 means none: then it claims one job at a time, which is the faster way to hand over. */
/** @type {import("../peer.mjs").Tuning} */
export const tuning = {
  noop: { slots: 256, batch: 256 },
  best: { slots: 100, batch: 2000 },
  chain: { slots: 10, batch: 0 },
  fan: { slots: 24, batch: 0 },
  slots: (slots) => ({ slots, batch: 0 }),
};

/** Beyond that, connections cost more than they bring; it needs one for each job that is finished at the same time. */
const CONNECTIONS_MAX = 102;
const quiet = new Logger(() => () => {});
const LAYER = `${LAYER_TABLES}
CREATE FUNCTION deps.finish(r int, t int) RETURNS void LANGUAGE sql AS $$
  WITH d AS (UPDATE deps.task SET done = true WHERE run = r AND id = t AND NOT done RETURNING id),
    u AS (UPDATE deps.task x SET pending = pending - 1 FROM deps.edge e
      WHERE e.run = r AND e.src IN (SELECT id FROM d) AND x.run = r AND x.id = e.dst RETURNING x.id, x.pending, x.kind)
  SELECT 1 FROM graphile_worker.add_jobs(ARRAY(
    SELECT ${job("r", "u.id", "u.kind")} FROM u WHERE u.pending = 0));
$$;`;

/** The SQL of one job. @param {string} run @param {string} task @param {string} kind */
function job(run, task, kind) {
  const payload = `json_build_object('run', ${run}, 'task', ${task}, 'kind', ${kind})`;
  return `ROW('task', ${payload}, null, null, null, null, null, null)::graphile_worker.job_spec`;
}

/** An empty database with its schema and the layer. @param {import("../row.mjs").Env} env */
export async function open(env) {
  const url = await env.freshDatabase("bench_graphile");
  await runMigrations({ connectionString: url, logger: quiet });
  const db = new pg.Pool({ connectionString: url, max: 2 });
  await db.query(LAYER);
  let runs = 0;
  return {
    workerSettings: async () => ({ url }),
    async submitNoops(/** @type {number} */ n) {
      const jobs = `SELECT ${job("0", "g", "'noop'")} FROM generate_series(0, $1::int - 1) g`;
      await db.query(`SELECT 1 FROM graphile_worker.add_jobs(ARRAY(${jobs}))`, [n]);
      await db.query("ANALYZE");
    },
    async submitDag(/** @type {import("../dag.mjs").Dag} */ dag) {
      const run = ++runs;
      await insertDag(db, { run, dag }, (client) => {
        const jobs = `SELECT ${job("$1::int", "id", "kind")} FROM deps.task WHERE run = $1 AND pending = 0`;
        return client.query(`SELECT 1 FROM graphile_worker.add_jobs(ARRAY(${jobs}))`, [run]);
      });
      return run;
    },
    isSettled: async () => (await db.query("SELECT 1 FROM graphile_worker.jobs LIMIT 1")).rowCount === 0,
    enginePids: () => [],
    close: () => db.end(),
  };
}

/**
 * Its own runner; what a task of a graph makes ready is enqueued when the task has ended.
 * @param {{ url: string }} settings
 * @param {import("../peer.mjs").WorkerOptions} options
 * @param {import("../peer.mjs").Execute} execute
 */
export async function startWorker({ url }, { slots, batch }, execute) {
  const local = { localQueue: { size: batch }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
  const runner = await runWorker({
    noHandleSignals: true,
    preset: {
      worker: {
        connectionString: url,
        concurrentJobs: slots,
        maxPoolSize: Math.min(slots + 2, CONNECTIONS_MAX),
        logger: quiet,
        ...(batch > 0 ? local : {}),
      },
    },
    taskList: {
      task: async (payload, helpers) => {
        const { run, task, kind } = /** @type {{ run: number, task: number, kind: string }} */ (payload);
        await execute(run, task, kind);
        if (run > 0)
          await helpers.withPgClient((db) =>
            db.query({ name: "finish", text: "SELECT deps.finish($1, $2)", values: [run, task] }),
          );
      },
    },
  });
  return { stop: () => runner.stop() };
}
