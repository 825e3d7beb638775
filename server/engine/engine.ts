import { randomUUID } from "node:crypto";
import { type Bus, openBus } from "../db/bus";
import { createPool, type Pool } from "../db/pool";
import { Matcher } from "./matcher";
import { readSettings, type Settings } from "./settings";
import { Sweeper } from "./sweeper";
import { SyncBatches } from "./sync-batches";

export type { Actor } from "../core/run-draft";

/** What every verb works with; one per web process. */
export interface Engine {
  pool: Pool;
  bus: Bus;
  settings: Settings;
  /** Random per start of the process. */
  processId: string;
  matcher: Matcher;
  syncs: SyncBatches;
  sweeper: Sweeper;
  /** Aborted when the process is told to end: streams and parked requests end with it. */
  stopping: AbortSignal;
  /** Ends streams, timers and connections; a second call is harmless. */
  stop(): Promise<void>;
}

/** Makes an engine on the database at `url`; matching works at once, sweeping when `sweeper.start()` is called. */
export function createEngine(url: string, settings: Settings): Engine {
  const pool = createPool(url);
  const processId = randomUUID();
  const bus = openBus(url, pool, processId);
  const stopping = new AbortController();
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    stopping.abort();
    await Promise.all([engine.matcher.stop(), engine.sweeper.stop()]);
    await bus.close();
    await pool.end();
  };
  const engine: Engine = {
    pool,
    bus,
    settings,
    processId,
    matcher: new Matcher({ pool, bus, settings }),
    syncs: new SyncBatches(() => engine),
    sweeper: new Sweeper(() => engine),
    stopping: stopping.signal,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
  return engine;
}

// Kept on globalThis: the bundler may load this module more than once in a process, and a second matcher would be wrong.
const holder = globalThis as typeof globalThis & { switchyardEngine?: Engine };

/** The engine of this process, made at first use from DATABASE_URL and the settings. */
export function getEngine(): Engine {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is not set");
  holder.switchyardEngine ??= createEngine(url, readSettings(process.env));
  return holder.switchyardEngine;
}

/** Starts what works without being asked: the sweeper. */
export async function startEngine(): Promise<void> {
  getEngine().sweeper.start();
}

/** Ends this process's engine, if there is one. */
export async function stopEngine(): Promise<void> {
  const engine = holder.switchyardEngine;
  delete holder.switchyardEngine;
  await engine?.stop();
}
