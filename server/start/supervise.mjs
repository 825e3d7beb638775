import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { groupsUnder, isAlive, signalGroup, startedAt, waitUntilGone } from "./process-table.mjs";
import { say } from "./progress.mjs";

const BACKOFF_MS = [250, 500, 1_000, 2_000, 5_000, 10_000];
/** A child that lived this long was well: the next restart is quick again. */
const WELL_AFTER_MS = 30_000;

/** How long to wait before the restart after so many quick deaths in a row. */
export function backoffMs(/** @type {number} */ deaths) {
  return BACKOFF_MS[Math.min(deaths, BACKOFF_MS.length - 1)] ?? 0;
}

/**
 * @typedef {{ pid: number, startedAt: string | null }} ProcessRecord
 * @typedef {{
 *   name: string,
 *   args: string[],
 *   cwd: string,
 *   env: NodeJS.ProcessEnv,
 *   onSpawn: (record: ProcessRecord) => void,
 *   onLine: (line: string) => void,
 *   askAgainAfterMs?: number,
 * }} ChildOptions
 */

/**
 * Keeps a Node program running until it is stopped: whenever it ends it is started again, with growing pauses.
 * @param {ChildOptions} options
 */
export function superviseChild({ name, args, cwd, env, onSpawn, onLine, askAgainAfterMs }) {
  const stopping = new AbortController();
  /** @type {ProcessRecord | null} */
  let record = null;
  let deaths = 0;

  async function live() {
    const bornAt = Date.now();
    // A group of its own: the terminal's Ctrl-C goes to us alone, and we stop things in order.
    const child = spawn(process.execPath, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) eachLine(stream, onLine);
    const ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    if (child.pid !== undefined) {
      record = { pid: child.pid, startedAt: startedAt(child.pid) };
      onSpawn(record);
    }
    const how = await ended;
    if (stopping.signal.aborted) return;
    deaths = Date.now() - bornAt > WELL_AFTER_MS ? 0 : deaths;
    const pause = backoffMs(deaths++);
    say(`  ! ${name} ended (${how}); starting it again in ${pause / 1000} s`);
    await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
  }

  const done = (async () => {
    while (!stopping.signal.aborted) await live();
  })();

  return {
    name,
    pid: () => record?.pid ?? null,
    /** Asks it to end, and kills it and what it has started when the time is over. */
    stop: async (/** @type {number} */ withinMs) => {
      stopping.abort();
      if (record !== null) await endProcess(record, { withinMs, askAgainAfterMs });
      await done;
    },
  };
}

/** @typedef {ReturnType<typeof superviseChild>} Supervised */

/**
 * Ends a process, whoever started it: asks, asks again if that means something to it, and in the end kills it together
 * with everything that it has started.
 * @param {ProcessRecord} record
 * @param {{ withinMs: number, askAgainAfterMs?: number | undefined }} times
 */
export async function endProcess(record, { withinMs, askAgainAfterMs = withinMs }) {
  for (const ms of [askAgainAfterMs, withinMs - askAgainAfterMs]) {
    if (ms <= 0 || !isAlive(record)) continue;
    process.kill(record.pid, "SIGTERM");
    if (await waitUntilGone(record, ms)) return;
  }
  if (!isAlive(record)) return;
  for (const group of groupsUnder(record.pid)) signalGroup(group, "SIGKILL");
  await waitUntilGone(record, 1_000);
}

/**
 * Looks after a daemon that is nobody's child: whenever `isUp` says no, `start` is called, with growing pauses.
 * @param {{ name: string, isUp: () => boolean | Promise<boolean>, start: () => Promise<void>, everyMs?: number }} options
 */
export function superviseDaemon({ name, isUp, start, everyMs = 500 }) {
  const stopping = new AbortController();
  const pause = (/** @type {number} */ ms) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
  const done = (async () => {
    let deaths = 0;
    while (!stopping.signal.aborted) {
      await pause(everyMs);
      if (stopping.signal.aborted || (await isUp())) continue;
      say(`  ! ${name} is down; starting it again`);
      try {
        await start();
        deaths = 0;
      } catch (error) {
        say(`  ! ${error instanceof Error ? error.message : String(error)}`);
        await pause(backoffMs(deaths++));
      }
    }
  })();
  return {
    /** Stops looking; the daemon itself is left as it is. */
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

/** @param {NodeJS.ReadableStream} stream @param {(line: string) => void} onLine */
function eachLine(stream, onLine) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}
