import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createPool, type Pool } from "../../../db/pool";
import { embeddedPostgres } from "../../../start/embedded-postgres.mjs";
import { freePort } from "../../../start/free-port.mjs";
import { RealStart } from "../../../start/testing/real-start";
import { until } from "../../../start/testing/until";
import { BusyTimes } from "./busy-times";
import { Census, survivorsOf } from "./census";
import { RealRunner } from "./real-runner";
import { SmallDisk } from "./small-disk";
import { TcpProxy } from "./tcp-proxy";
import { LEASES } from "./times";

/** Two that are started at the same moment must not find the same port free. */
const FIRST_PORT = 3_600 + (process.pid % 200) * 10;
const SLOTS = 3;

/** Two runners that nobody else's schedule disturbs. */
export interface Lane {
  label: string;
  runners: [RealRunner, RealRunner];
}

/** The whole product as people run it, and the means to hurt it. */
export interface World {
  server: RealStart;
  pool: Pool;
  lanes: Lane[];
  census: Census;
  busyTimes: BusyTimes;
  /** For the ledgers; it goes with everything in it. */
  dir: string;
  /** The runner that `npm start` brings along. */
  localRunnerId: string;
  /** The runs that were begun, so that nothing of them stays behind. */
  runIds: Set<string>;
  /** Ends everything and removes every trace. */
  close(): Promise<void>;
}

/** Starts the server and the runners of so many lanes. */
export async function openWorld(laneCount: number): Promise<World> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "switchyard-under-fire-"));
  const endings: (() => Promise<unknown> | unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const runIds = new Set<string>();
  const close = async () => {
    const failures: unknown[] = [];
    for (const end of endings.splice(0).reverse())
      try {
        await end();
      } catch (error) {
        // One thing that cannot be ended must not keep the others from it.
        failures.push(error);
      }
    if (failures.length > 0) throw new AggregateError(failures, "not everything could be ended");
  };
  try {
    const server = new RealStart(await freePort("127.0.0.1", FIRST_PORT), {
      SWITCHYARD_LEASE_SECONDS: String(LEASES.queuedMs / 1_000),
      SWITCHYARD_RUNNING_LEASE_SECONDS: String(LEASES.runningMs / 1_000),
      SWITCHYARD_GRACE_SECONDS: String(LEASES.graceMs / 1_000),
      SWITCHYARD_LOCAL_RUNNER: "1",
    });
    endings.push(() => server.close());
    await server.start();
    const pool = createPool(embeddedPostgres(path.join(server.dataDir, "postgres")).url());
    endings.push(() => pool.end());
    endings.push(() => killSurvivors(runIds));
    const census = new Census();
    const busyTimes = new BusyTimes(`http://127.0.0.1:${server.port}/readyz`);
    for (const one of [census, busyTimes]) {
      one.start();
      endings.push(() => one.close());
    }
    const lanes = await Promise.all(
      Array.from({ length: laneCount }, (_lane, index) =>
        openLane({ server, dir, runIds, endings }, `lane-${index + 1}`),
      ),
    );
    const localRunnerId = await idOfLocalRunner(server);
    return { server, pool, lanes, census, busyTimes, dir, localRunnerId, runIds, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Opening {
  server: RealStart;
  dir: string;
  runIds: Set<string>;
  endings: (() => Promise<unknown> | unknown)[];
}

async function openLane(opening: Opening, label: string): Promise<Lane> {
  const [first, second] = await Promise.all([openRunner(opening, label, "a"), openRunner(opening, label, "b")]);
  return { label, runners: [first, second] };
}

async function openRunner(opening: Opening, label: string, letter: "a" | "b"): Promise<RealRunner> {
  const { server, dir, runIds, endings } = opening;
  const name = `${label}${letter}`;
  const place = path.join(dir, name);
  const { id, token } = await server.call<{ id: string; token: string }>("POST", "/runners", { name });
  const proxy = await TcpProxy.open(server.port);
  endings.push(() => proxy.close());
  const disk = letter === "a" ? SmallDisk.mount(path.join(place, "disk")) : null;
  if (disk)
    endings.push(async () => {
      // A step that its runner has left behind may still be at home on the disk.
      await killSurvivors(runIds);
      disk.unmount();
    });
  const graceSeconds = LEASES.graceMs / 1_000;
  const runner = new RealRunner({ id, token, name, label, dir: place, disk, proxy, slots: SLOTS, graceSeconds });
  endings.push(() => runner.close());
  await runner.start();
  return runner;
}

async function idOfLocalRunner(server: RealStart): Promise<string> {
  const { items } = await server.call<{ items: { id: string; name: string }[] }>("GET", "/runners");
  const local = items.find(({ name }) => name === "local");
  if (!local) throw new Error("npm start has no runner");
  return local.id;
}

/** A runner that was killed at the end leaves its steps running. */
async function killSurvivors(runIds: Set<string>): Promise<void> {
  await until("the last processes of steps to end", async () => {
    const left = await survivorsOf(runIds);
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    return left.length === 0;
  });
}
