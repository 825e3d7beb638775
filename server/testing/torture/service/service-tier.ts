import { randomBytes } from "node:crypto";
import pg from "pg";
import { migrate } from "../../../db/migrate";
import { createPool, type Pool } from "../../../db/pool";
import type { Failure, Tier, TierOrder } from "../tier";
import { installObservers } from "./observers";
import { runSchedule } from "./schedule";
import { makeStranger } from "./team";
import { WebPair } from "./web-pair";
import { LEASE_MS } from "./world";

/** Schedules that run at the same time in one database. */
const AT_ONCE = 16;

/**
 * Schedules against real PostgreSQL and two real web processes: model runners, people and viewers over a faulty wire.
 * `databaseUrl` is a superuser's; the tier works in a database of its own, which it drops.
 */
export function serviceTier(given: { databaseUrl: string }): Tier {
  return {
    name: "service",
    run: async (order) => {
      const name = `torture_${process.pid}_${randomBytes(4).toString("hex")}`;
      const url = new URL(given.databaseUrl);
      url.pathname = `/${name}`;
      await administer(given.databaseUrl, `CREATE DATABASE ${name}`);
      try {
        // No schedule kills PostgreSQL, so nothing here depends on when its disk has what was committed.
        await administer(given.databaseUrl, `ALTER DATABASE ${name} SET synchronous_commit = off`);
        await migrate(url.toString());
        return await runIn(url.toString(), order);
      } finally {
        await administer(given.databaseUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      }
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function runIn(databaseUrl: string, order: TierOrder): Promise<number> {
  const pool = createPool(databaseUrl, 8);
  const leaseSeconds = String(LEASE_MS / 1000);
  const web = new WebPair({
    DATABASE_URL: databaseUrl,
    SWITCHYARD_LEASE_SECONDS: leaseSeconds,
    SWITCHYARD_RUNNING_LEASE_SECONDS: leaseSeconds,
  });
  try {
    await installObservers(pool);
    await web.start();
    const strangerToken = await makeStranger({ pool });
    return await runSchedules({ pool, web, strangerToken }, order);
  } finally {
    await web.end();
    await pool.end();
  }
}

/** Starts schedules in the order of their numbers, so many at once; answers how many were done. */
async function runSchedules(
  parts: { pool: Pool; web: WebPair; strangerToken: string },
  order: TierOrder,
): Promise<number> {
  let next = order.first;
  let done = 0;
  let goesOn = true;
  const lane = async () => {
    while (goesOn && next < order.first + order.count && performance.now() < order.until) {
      const schedule = next;
      next += 1;
      const { violations, story } = await runSchedule(parts, [order.seed, schedule]);
      done += 1;
      if (violations.length === 0) continue;
      const failure: Failure = { tier: "service", seed: order.seed, schedule, violations, story };
      goesOn &&= order.onFailure(failure);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return done;
}
