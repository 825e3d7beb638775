import { randomBytes } from "node:crypto";
import { v7 as uuid } from "uuid";
import { hashPassword } from "../auth/password";
import { SCOPES } from "../auth/policy";
import { hashToken } from "../auth/token-text";
import type { Prisma } from "../db/generated/client";
import type { Pool } from "../db/pool";
import { prismaOn } from "../db/prisma";

/** Two starts against one database take turns. */
const INIT_LOCK = 72_707_370;
/** Another start may hold the lock, and a password takes a moment to hash, on a slow machine. */
const TRANSACTION_LIMITS = { maxWait: 30_000, timeout: 60_000 };
const DEFAULT_EMAIL = "admin@localhost";

type PrismaTx = Prisma.TransactionClient;

interface AccessWanted {
  adminEmail: string | null;
  adminPassword: string | null;
  apiTokens: { name: string; token: string }[];
  runners: { name: string; token: string }[];
}

interface Access {
  teamId: string;
  email: string;
  /** Only when it was made here, just now. */
  password: string | null;
}

/** Creates team, administrator, tokens and runners as far as they are missing, and changes nothing that exists. */
export async function createAccess(pool: Pool, wanted: AccessWanted): Promise<Access> {
  return prismaOn(pool).$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${INIT_LOCK})`;
    const teamId = await firstTeam(tx);
    const admin = await administrator(tx, teamId, wanted);
    await tx.apiToken.createMany({
      data: wanted.apiTokens.map(({ name, token }) => ({
        id: uuid(),
        teamId,
        name,
        tokenHash: hashToken(token),
        scopes: [...SCOPES],
      })),
      skipDuplicates: true,
    });
    await tx.runner.createMany({
      data: wanted.runners.map(({ name, token }) => ({ id: uuid(), teamId, name, tokenHash: hashToken(token) })),
      skipDuplicates: true,
    });
    return { teamId, ...admin };
  }, TRANSACTION_LIMITS);
}

async function firstTeam(tx: PrismaTx): Promise<string> {
  const found = await tx.team.findFirst({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
  return (found ?? (await tx.team.create({ data: { id: uuid(), name: "Main" } }))).id;
}

async function administrator(tx: PrismaTx, teamId: string, wanted: AccessWanted): Promise<Omit<Access, "teamId">> {
  const email = (wanted.adminEmail ?? (await firstOwner(tx, teamId)) ?? DEFAULT_EMAIL).trim().toLowerCase();
  if (await tx.user.findUnique({ where: { email } })) return { email, password: null };
  const password = wanted.adminPassword ?? randomBytes(12).toString("base64url");
  await tx.user.create({
    data: {
      id: uuid(),
      email,
      name: email.split("@")[0] ?? email,
      passwordHash: await hashPassword(password),
      members: { create: { teamId, role: "owner" } },
    },
  });
  return { email, password: wanted.adminPassword === null ? password : null };
}

async function firstOwner(tx: PrismaTx, teamId: string): Promise<string | null> {
  const owner = await tx.member.findFirst({
    where: { teamId, role: "owner" },
    orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
    include: { user: true },
  });
  return owner?.user.email ?? null;
}
