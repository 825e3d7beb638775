import type { Pool, Tx } from "../db/pool";

/** Serialisation failure and deadlock: PostgreSQL rolled back, the same transaction may simply be tried again. */
const RETRYABLE = new Set(["40001", "40P01"]);
const TRIES = 5;

/**
 * Runs `work` in one READ COMMITTED transaction. A transaction that PostgreSQL rolled back is tried again; one whose
 * connection broke is not, because it may have been committed: its caller repeats the request, which has one effect.
 */
export async function inTransaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(pool, work);
    } catch (error) {
      if (attempt === TRIES || !RETRYABLE.has(codeOf(error))) throw error;
    }
  }
}

async function once<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken = false;
  const onError = () => {
    broken = true;
  };
  tx.on("error", onError);
  try {
    await tx.query("BEGIN");
    const result = await work(tx);
    await tx.query("COMMIT");
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

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
