/** The floor: what the ideal engine over HTTP, Node and PostgreSQL needs for the same work (floor-server.mjs). */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { freePort } from "../../server/start/free-port.mjs";
import { needCounts } from "../dag.mjs";
import { jsonPoster } from "./json-post.mjs";

const SERVER = fileURLToPath(new URL("./floor-server.mjs", import.meta.url));
const FIRST_PORT = 4_100;

/** @type {import("../peer.mjs").Tuning} */
export const tuning = {
  noop: { slots: 256, batch: 256 },
  best: { slots: 2000, batch: 1000 },
  chain: { slots: 10, batch: 10 },
  fan: { slots: 100, batch: 100 },
  slots: (slots) => ({ slots, batch: slots }),
};

// `step` finishes tasks, counts down what needs them and claims more: one statement, one commit. Ready tasks are found by
// the partial index; two workers never wait for each other's claims (SKIP LOCKED).
const SCHEMA = `
CREATE TABLE task (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run int NOT NULL, number int NOT NULL,
  kind text NOT NULL, state smallint NOT NULL DEFAULT 0, pending int NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX ON task (run, number);
CREATE INDEX ready ON task (id) WHERE state = 0 AND pending = 0;
CREATE TABLE edge (src bigint NOT NULL, dst bigint NOT NULL);
CREATE INDEX ON edge (src);
CREATE FUNCTION step(finished bigint[], want int, OUT readied bigint, OUT jobs json) LANGUAGE plpgsql AS $$
DECLARE n bigint := 0;
BEGIN
  IF cardinality(finished) > 0 THEN
    UPDATE task SET state = 2 WHERE id = ANY (finished) AND state = 1;
    WITH d AS (SELECT dst, count(*)::int c FROM edge WHERE src = ANY (finished) GROUP BY dst ORDER BY dst),
      u AS (UPDATE task t SET pending = t.pending - d.c FROM d WHERE t.id = d.dst RETURNING t.pending)
    SELECT count(*) FILTER (WHERE pending = 0) INTO n FROM u;
  END IF;
  WITH c AS (SELECT id FROM task WHERE state = 0 AND pending = 0 ORDER BY id LIMIT want FOR UPDATE SKIP LOCKED),
    u AS (UPDATE task t SET state = 1 FROM c WHERE t.id = c.id RETURNING t.id, t.run, t.number, t.kind)
  SELECT coalesce(json_agg(json_build_array(id, run, number, kind)), '[]') INTO jobs FROM u;
  readied := n;
END $$;`;

/** An empty database with a server of its own. @param {import("../row.mjs").Env} env */
export async function open(env) {
  const url = await env.freshDatabase("bench_floor");
  const db = new pg.Pool({ connectionString: url, max: 2 });
  await db.query(SCHEMA);
  const port = await freePort("127.0.0.1", FIRST_PORT);
  const server = fork(SERVER, [JSON.stringify({ url, port })]);
  await once(server, "message");
  const { post, close } = jsonPoster(port, { sockets: 2 });
  let runs = 0;
  return {
    workerSettings: async () => ({ port }),
    async submitNoops(/** @type {number} */ n) {
      await db.query("INSERT INTO task (run, number, kind) SELECT 0, g, 'noop' FROM generate_series(0, $1 - 1) g", [n]);
      await db.query("ANALYZE task");
    },
    async submitDag(/** @type {import("../dag.mjs").Dag} */ dag) {
      const run = ++runs;
      await insertDag(db, run, dag);
      await post("/wake", {});
      return run;
    },
    isSettled: async () => (await db.query("SELECT 1 FROM task WHERE state <> 2 LIMIT 1")).rowCount === 0,
    enginePids: () => (server.pid === undefined ? [] : [server.pid]),
    async close() {
      close();
      const exit = once(server, "exit");
      server.disconnect();
      await exit;
      await db.end();
    },
  };
}

/** @param {pg.Pool} pool @param {number} run @param {import("../dag.mjs").Dag} dag */
async function insertDag(pool, run, dag) {
  const db = await pool.connect();
  try {
    await db.query("BEGIN");
    const { rows } = await db.query(
      `INSERT INTO task (run, number, kind, pending)
       SELECT $1, t.i - 1, $2, t.p FROM unnest($3::int[]) WITH ORDINALITY t(p, i) RETURNING id, number`,
      [run, dag.kind, needCounts(dag)],
    );
    const ids = new Map(rows.map(({ id, number }) => [number, id]));
    await db.query("INSERT INTO edge SELECT * FROM unnest($1::bigint[], $2::bigint[])", [
      dag.edges.map(([from]) => ids.get(from)),
      dag.edges.map(([, to]) => ids.get(to)),
    ]);
    await db.query("COMMIT");
  } finally {
    db.release();
  }
}

/**
 * One request in flight, which carries everything that has ended and asks for the free slots; a long poll when nothing runs.
 * @param {{ port: number }} settings
 * @param {import("../peer.mjs").WorkerOptions} options
 * @param {import("../peer.mjs").Execute} execute
 */
export async function startWorker({ port }, { slots, batch }, execute) {
  const { post, close } = jsonPoster(port, { sockets: 4 });
  /** @type {string[]} */
  let ended = [];
  let running = 0;
  let isStopped = false;
  let ring = () => {};

  /** @param {[string, number, number, string]} job */
  async function work([id, run, task, kind]) {
    running++;
    await execute(run, task, kind);
    running--;
    ended.push(id);
    ring();
  }

  async function loop() {
    while (!isStopped) {
      const finished = ended;
      ended = [];
      for (const job of await post("/next", { finished, want: Math.min(batch, slots - running) })) void work(job);
      if (running > 0 && ended.length === 0)
        await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
          ring = resolve;
        });
      // What ends in the same turn goes with the same request.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  loop().catch((error) => {
    if (!isStopped) throw error;
  });
  return {
    async stop() {
      isStopped = true;
      close();
    },
  };
}
