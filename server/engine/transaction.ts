import type { Pool, Tx } from "../db/pool";

/** Serialisation failure and deadlock: PostgreSQL rolled back, the same transaction may simply be tried again. */
const RETRYABLE = new Set(["40001", "40P01"]);
const TRIES = 5;

// What the engine does, it does to few rows by their keys, with statements that are large and always alike. Planned for
// their parameters they cost milliseconds each time; planned while a table was small they read all of it ever after
// (measured in a chain of 200 steps: 5.0 ms of PostgreSQL's processor time a step without these, 1.9 ms with the first).
const BEGIN = [
  "BEGIN",
  "SET LOCAL plan_cache_mode TO force_generic_plan",
  "SET LOCAL enable_seqscan TO off",
  "SET LOCAL enable_hashjoin TO off",
  "SET LOCAL enable_mergejoin TO off",
].join(";");

/** Takes a statement that was sent and need not be waited for: the commit is sent right behind it. */
export type SendAhead = (statement: Promise<unknown>) => void;

/**
 * Runs `work` in one READ COMMITTED transaction. Statements sent without waiting in between travel together: BEGIN goes
 * with the first of `work`, COMMIT with those handed to `sendAhead`, whose failure makes it a rollback. A transaction that
 * PostgreSQL rolled back is tried again; one whose connection broke is not, because it may have been committed: its
 * caller repeats the request, which has one effect.
 */
export async function inTransaction<T>(pool: Pool, work: (tx: Tx, sendAhead: SendAhead) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(pool, work);
    } catch (error) {
      if (attempt === TRIES || !RETRYABLE.has(codeOf(error))) throw error;
    }
  }
}

async function once<T>(pool: Pool, work: (tx: Tx, sendAhead: SendAhead) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken = false;
  const onError = () => {
    broken = true;
  };
  tx.on("error", onError);
  const sent: Promise<unknown>[] = [];
  const sendAhead = (statement: Promise<unknown>) => {
    sent.push(statement);
    // Reported below, together with the others.
    statement.catch(() => {});
  };
  try {
    sendAhead(tx.query(BEGIN));
    const result = await work(tx, sendAhead);
    sendAhead(tx.query("COMMIT"));
    // All of them have ended before the connection is somebody else's; the first failure is the cause of the others.
    for (const outcome of await Promise.allSettled(sent)) if (outcome.status === "rejected") throw outcome.reason;
    return result;
  } catch (error) {
    // A connection that cannot roll back is thrown away, and with it the transaction.
    if (!broken) await tx.query("ROLLBACK").catch(onError);
    throw error;
  } finally {
    tx.off("error", onError);
    tx.release(broken);
  }
}

/** Whether the database or the way to it failed, rather than what it was asked. */
export function isConnectionTrouble(error: unknown): boolean {
  const message = error instanceof Error ? error.message : "";
  return /^(08|53|57P|E[A-Z]+$)/.test(codeOf(error)) || /terminated|timeout exceeded|connection error/i.test(message);
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
