import type { Tx } from "../db/pool";
import { AppError } from "../errors";

/** What a caller was told. */
export interface RememberedAnswer {
  status: number;
  /** JSON. */
  body: unknown;
}

/** A request that names its effect: the same key, route and token within 24 h gives the first answer again. */
export interface Idempotency<Result> {
  tokenId: string;
  route: string;
  key: string;
  /** Of the request's body; another body under the same key is refused. */
  bodyHash: string;
  /** What the caller is told, made inside the transaction and remembered with it. */
  answer: (tx: Tx, result: Result) => Promise<RememberedAnswer>;
}

/** Thrown instead of having the effect twice; carries the first answer. */
export class ReplayedAnswer extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(answer: RememberedAnswer) {
    super("this request was answered before");
    this.name = "ReplayedAnswer";
    this.status = answer.status;
    this.body = answer.body;
  }
}

const KEPT_HOURS = 24;

/**
 * Does `work` once per key. The key's row is written in the transaction of its effect, so neither is ever there
 * without the other.
 */
export async function rememberAnswer<Result>(
  tx: Tx,
  idempotency: Idempotency<Result> | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!idempotency) return work();
  const { tokenId, route, key, bodyHash } = idempotency;
  // A transaction-long advisory lock: whoever does not get it meets the first request in the middle of its work.
  const lock = await tx.query<{ free: boolean }>("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free", [
    JSON.stringify([tokenId, route, key]),
  ]);
  if (lock.rows[0]?.free !== true)
    throw new AppError(
      "idempotency_key_in_progress",
      "The first request with this Idempotency-Key is still being answered; repeat it later",
    );
  const known = await tx.query<{ body_hash: string; status: number; answer: string; is_old: boolean }>(
    `SELECT body_hash, status, answer, created_at < now() - make_interval(hours => ${KEPT_HOURS}) AS is_old
       FROM idempotency_key WHERE token_id = $1 AND route = $2 AND key = $3`,
    [tokenId, route, key],
  );
  const row = known.rows[0];
  if (row && !row.is_old) {
    if (row.body_hash !== bodyHash)
      throw new AppError("idempotency_key_reused", "This Idempotency-Key was used with another body; use a new key");
    throw new ReplayedAnswer({ status: row.status, body: JSON.parse(row.answer) });
  }
  const result = await work();
  const answer = await idempotency.answer(tx, result);
  // Kept as a JSON text inside the jsonb value: jsonb itself would reorder the keys of the answer.
  await tx.query(
    `INSERT INTO idempotency_key (token_id, route, key, body_hash, status, answer, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, now())
     ON CONFLICT (token_id, route, key) DO UPDATE SET body_hash = excluded.body_hash, status = excluded.status,
       answer = excluded.answer, created_at = excluded.created_at`,
    [tokenId, route, key, bodyHash, answer.status, JSON.stringify(JSON.stringify(answer.body))],
  );
  return result;
}
