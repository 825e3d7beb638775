/**
 * Dependencies for a job queue that has none: a counter for each task in a schema of its own, counted down in the
 * transaction that also enqueues what has become ready. The smallest layer that is right.
 */
import { needCounts } from "../dag.mjs";

export const LAYER_TABLES = `
CREATE SCHEMA deps;
CREATE TABLE deps.task (run int, id int, pending int NOT NULL, kind text NOT NULL, done bool NOT NULL DEFAULT false,
  PRIMARY KEY (run, id));
CREATE TABLE deps.edge (run int, src int, dst int);
CREATE INDEX ON deps.edge (run, src);`;

/**
 * Writes a graph's tasks and edges, and has `enqueue` put in what needs nothing, in one transaction.
 * @param {import("pg").Pool} pool
 * @param {{ run: number, dag: import("../dag.mjs").Dag }} given
 * @param {(db: import("pg").PoolClient, roots: number[]) => Promise<unknown>} enqueue
 */
export async function insertDag(pool, { run, dag }, enqueue) {
  const needs = needCounts(dag);
  const db = await pool.connect();
  try {
    await db.query("BEGIN");
    await db.query("INSERT INTO deps.task SELECT $1, t.i - 1, t.p, $2 FROM unnest($3::int[]) WITH ORDINALITY t(p, i)", [
      run,
      dag.kind,
      needs,
    ]);
    await db.query("INSERT INTO deps.edge SELECT $1, * FROM unnest($2::int[], $3::int[])", [
      run,
      dag.edges.map(([from]) => from),
      dag.edges.map(([, to]) => to),
    ]);
    await enqueue(
      db,
      needs.flatMap((count, task) => (count === 0 ? [task] : [])),
    );
    await db.query("COMMIT");
  } finally {
    db.release();
  }
}
