import { randomBytes } from "node:crypto";
import pg from "pg";
import { migrate } from "../../../db/migrate";
import type { Tier, TierOrder } from "../tier";
import { installObservers } from "./observers";
import { runSchedule, type ScheduleParts } from "./schedule";
import { makeTeam } from "./team";
import { WebPair } from "./web-pair";
import { LEASE_MS } from "./world";

/** Schedules that run at the same time in one database. */
const WIDTH_MAX = 40;

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
  // No limit to the wait for a connection: on a busy machine whoever judges waits, and fails nobody.
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8, pipeline: true, options: "-c timezone=UTC" });
  const leaseSeconds = String(LEASE_MS / 1000);
  const web = new WebPair({
    DATABASE_URL: databaseUrl,
    SWITCHYARD_LEASE_SECONDS: leaseSeconds,
    SWITCHYARD_RUNNING_LEASE_SECONDS: leaseSeconds,
  });
  try {
    await installObservers(pool);
    await web.start();
    const { token: strangerToken } = await makeTeam(pool);
    return await runSchedules({ pool, web, strangerToken }, order);
  } finally {
    await web.end();
    await pool.end();
  }
}

/** Starts schedules in the order of their numbers, many at once; answers how many were done. */
async function runSchedules(parts: ScheduleParts, order: TierOrder): Promise<number> {
  let next = order.first;
  let done = 0;
  let goesOn = true;
  const width = new Width();
  const active = new Set<Promise<void>>();
  const run = async (schedule: number) => {
    const begun = performance.now();
    const { violations, story } = await runSchedule(parts, [order.seed, schedule]);
    done += 1;
    width.learn(performance.now() - begun);
    if (violations.length > 0)
      goesOn &&= order.onFailure({ tier: "service", seed: order.seed, schedule, violations, story });
  };
  while (goesOn && next < order.first + order.count && performance.now() < order.until) {
    const running: Promise<void> = run(next).finally(() => active.delete(running));
    active.add(running);
    next += 1;
    if (active.size >= width.value) await Promise.race(active);
  }
  await Promise.all(active);
  return done;
}

/** How many schedules run at once: as many as the machine carries without every lease running out. */
class Width {
  private width = 12;

  get value(): number {
    return Math.floor(this.width);
  }

  learn(tookMs: number): void {
    if (tookMs < 2_000) this.width = Math.min(WIDTH_MAX, this.width + 0.25);
    else if (tookMs > 4_000) this.width = Math.max(3, this.width - 0.5);
  }
}
