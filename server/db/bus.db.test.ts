import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Bus, openBus } from "./bus";
import { createPool, type Pool } from "./pool";

let pool: Pool;
let here: Bus;
let there: Bus;

beforeAll(() => {
  const url = process.env.DATABASE_URL ?? "";
  pool = createPool(url);
  here = openBus(url, pool, "here");
  there = openBus(url, pool, "there");
});
afterAll(async () => {
  await here.close();
  await there.close();
  await pool.end();
});

/** Wakes until the other side has heard it: a wake may be lost while a connection is made. */
async function isHeardThere(topic: string): Promise<void> {
  const heard = vi.fn();
  const off = there.on(topic, heard);
  await vi.waitFor(
    () => {
      here.wake([topic]);
      expect(heard).toHaveBeenCalled();
    },
    { timeout: 10_000, interval: 50 },
  );
  off();
}

it("wakes this process at once and the others by notification, each topic for itself", async () => {
  const own = vi.fn();
  const other = vi.fn();
  here.on("run:1", own);
  there.on("run:2", other);
  here.wake(["run:1"]);
  expect(own).toHaveBeenCalledTimes(1);
  await isHeardThere("run:1");
  expect(other).not.toHaveBeenCalled();
});

it("carries more topics than fit into one notification", async () => {
  await isHeardThere("ready");
  const topics = Array.from({ length: 500 }, (_, n) => `run:${"x".repeat(36)}${n}`);
  const heard = new Set<string>();
  const off = there.onAny((topic) => heard.add(topic));
  here.wake(topics);
  await vi.waitFor(() => expect(topics.filter((topic) => !heard.has(topic))).toEqual([]), { timeout: 10_000 });
  off();
});

it("listens again after its connection was ended", async () => {
  await isHeardThere("before");
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'switchyard-listen' AND datname = current_database()",
  );
  await isHeardThere("after");
});
