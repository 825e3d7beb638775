import { z } from "zod";
import type { Pool } from "../db/pool";
import { AppError } from "../errors";
import { type SignedInUser, signIn } from "./sign-in";

const credentials = z.object({ email: z.string().max(320), password: z.string().min(1).max(1_000) });

/** Whom a sign-in form names, whatever was put into it; null for nobody, and an error's message is one of our codes. */
export async function authorizeSignIn(
  db: Pool,
  raw: unknown,
  headers: Record<string, unknown> | undefined,
): Promise<SignedInUser | null> {
  const given = credentials.safeParse(raw);
  if (!given.success) return null;
  try {
    return await signIn(db, { ...given.data, address: addressOf(headers) });
  } catch (error) {
    // next-auth shows an error's message to the browser: only a known code may leave.
    throw new Error(error instanceof AppError ? error.code : "unavailable");
  }
}

function addressOf(headers: Record<string, unknown> | undefined): string {
  const forwarded = headers?.["x-forwarded-for"];
  // The last one was added by the proxy nearest to us, or by the web server itself.
  return typeof forwarded === "string" ? (forwarded.split(",").at(-1)?.trim() ?? "unknown") : "unknown";
}
