import type { Pool } from "../db/pool";

export const WINDOW_MINUTES = 15;
export const ATTEMPTS_PER_ACCOUNT = 10;
export const ATTEMPTS_PER_ADDRESS = 50;

interface Who {
  /** Lower case. */
  email: string;
  address: string;
}

/**
 * Counts one try of an account from an address; false when either had too many in the last 15 minutes. The try is
 * written before it is counted, so that parallel guesses count each other.
 */
export async function admitSignIn(db: Pool, who: Who): Promise<boolean> {
  await db.query("INSERT INTO sign_in_attempt (key) VALUES ($1), ($2)", keys(who));
  const { rows } = await db.query<{ key: string; tries: number }>(
    `SELECT key, count(*)::int AS tries FROM sign_in_attempt
     WHERE key = ANY($1) AND at > now() - make_interval(mins => $2) GROUP BY key`,
    [keys(who), WINDOW_MINUTES],
  );
  const [account, address] = keys(who);
  const tries = new Map(rows.map((row) => [row.key, row.tries]));
  return (tries.get(account) ?? 0) <= ATTEMPTS_PER_ACCOUNT && (tries.get(address) ?? 0) <= ATTEMPTS_PER_ADDRESS;
}

/** Forgets the tries that a right password has made harmless, and everything older than the window. */
export async function forgetSignInTries(db: Pool, who: Who): Promise<void> {
  const [account, address] = keys(who);
  await db.query(
    `DELETE FROM sign_in_attempt WHERE key = $1 OR at < now() - make_interval(mins => $2)
     OR id = (SELECT max(id) FROM sign_in_attempt WHERE key = $3)`,
    [account, WINDOW_MINUTES, address],
  );
}

function keys(who: Who): [string, string] {
  return [`account:${who.email}`.slice(0, 300), `address:${who.address}`.slice(0, 300)];
}
