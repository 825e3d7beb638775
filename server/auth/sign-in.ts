import type { Pool } from "../db/pool";
import { prismaOn } from "../db/prisma";
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
  db: Pool,
  given: { email: string; password: string; address: string },
): Promise<SignedInUser | null> {
  const who = { email: given.email.trim().toLowerCase(), address: given.address };
  if (who.email.includes("\u0000")) return null;
  if (!(await admitSignIn(db, who)))
    throw new AppError("rate_limited", `Too many tries. Wait ${WINDOW_MINUTES} minutes and try again.`);
  const user = await prismaOn(db).user.findUnique({ where: { email: who.email } });
  if (!(await verifyPassword(user?.passwordHash ?? null, given.password)) || !user) return null;
  await forgetSignInTries(db, who);
  return { id: user.id, email: user.email, name: user.name };
}
