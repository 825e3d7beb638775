import { hash, verify } from "@node-rs/argon2";

// argon2id, 19 MiB, 2 passes, 1 lane: the least that OWASP recommends, about 30 ms here.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Longer texts are refused unseen, so that a huge one costs nothing. */
export const PASSWORD_MAX_LENGTH = 1_000;

let placeholder: Promise<string> | undefined;

/** The text to store for a password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** Whether the password is the stored one; without a stored one the same work is done and the answer is no. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (password.length > PASSWORD_MAX_LENGTH) return false;
  placeholder ??= hashPassword("an account that does not exist");
  const matches = await verify(stored ?? (await placeholder), password);
  return matches && stored !== null;
}
