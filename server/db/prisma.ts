import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client";
import type { Pool } from "./pool";

const clients = new WeakMap<Pool, PrismaClient>();

/** Prisma on the given pool, for the product's ordinary reads and writes; one client per pool, ended with it. */
export function prismaOn(pool: Pool): PrismaClient {
  const known = clients.get(pool);
  if (known) return known;
  const client = new PrismaClient({ adapter: new PrismaPg(pool) });
  clients.set(pool, client);
  return client;
}
