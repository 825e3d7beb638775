import type { Queryable } from "../db/pool";
import { AppError } from "../errors";
import { verifyPassword } from "./password";
import { admitSignIn, forgetSignInTries, WINDOW_MINUTES } from "./sign-in-limit";

export interface SignedInUser {
  id: string;
  email: string;
  name: string;
}

/** The user with this e-mail and password, or null; throws `rate_limited` after too many tries. */
export async function signIn(
  db: Queryable,
  given: { email: string; password: string; address: string },
): Promise<SignedInUser | null> {
  const who = { email: given.email.trim().toLowerCase(), address: given.address };
  if (who.email.includes("\u0000")) return null;
  if (!(await admitSignIn(db, who)))
    throw new AppError("rate_limited", `Too many tries. Wait ${WINDOW_MINUTES} minutes and try again.`);
  const { rows } = await db.query<SignedInUser & { password_hash: string }>(
    "SELECT id, email, name, password_hash FROM app_user WHERE email = $1",
    [who.email],
  );
  const row = rows[0];
  if (!(await verifyPassword(row?.password_hash ?? null, given.password)) || !row) return null;
  await forgetSignInTries(db, who);
  return { id: row.id, email: row.email, name: row.name };
}
