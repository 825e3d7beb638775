import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client";
import type { Pool } from "./pool";

export type { PrismaClient };

/** Prisma on the shared pool, for the product's ordinary reads and writes. */
export function createPrisma(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}
