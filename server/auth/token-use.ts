import type { Pool } from "../db/pool";
import { prismaOn } from "../db/prisma";

const WRITE_EVERY_MS = 10_000;
const pending = new WeakMap<Pool, Set<string>>();

/** Remembers that a token was used; written for all tokens together every 10 s, never in the way of a request. */
export function noteTokenUse(db: Pool, tokenId: string): void {
  const used = pending.get(db);
  if (used) {
    used.add(tokenId);
    return;
  }
  pending.set(db, new Set([tokenId]));
  setTimeout(() => void writeTokenUse(db), WRITE_EVERY_MS).unref();
}

/** Writes the uses noted so far. */
export async function writeTokenUse(db: Pool): Promise<void> {
  const used = pending.get(db);
  if (!used) return;
  pending.delete(db);
  try {
    await prismaOn(db).apiToken.updateMany({ where: { id: { in: [...used] } }, data: { lastUsedAt: new Date() } });
  } catch (error) {
    // Only the "last used" column is late; the next use writes it again.
    process.stderr.write(
      `${JSON.stringify({ level: "warn", at: new Date(), message: "token use not written", error: String(error) })}\n`,
    );
  }
}
