import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, startedAt } from "./process-table.mjs";

/**
 * A lock between processes that a kill -9 does not leave behind.
 *
 * The folder holds numbered files, each saying which process made it. The highest number counts: its process holds the
 * lock as long as it lives and has not given it back. Whoever wants it after that links the next number, which only one
 * process can do, and looks once more: a number above its own means that it came late. Files are never reused, and giving
 * back rewrites the file instead of removing it, so that the numbers only grow.
 */

/**
 * Takes the lock if it is free; null when another living process holds it.
 * @param {string} dir
 * @returns {(() => void) | null} gives the lock back
 */
export function tryLock(dir) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const mine = path.join(dir, `new.${process.pid}.${Math.random().toString(36).slice(2)}`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid) }), { mode: 0o600 });
  try {
    for (;;) {
      const held = highest(dir);
      if (held > 0 && isAlive(readOwner(dir, held))) return null;
      const number = held + 1;
      if (!linkIfFree(mine, path.join(dir, String(number)))) continue;
      if (highest(dir) > number) {
        rmSync(path.join(dir, String(number)), { force: true });
        continue;
      }
      for (const old of numbers(dir)) if (old < number) rmSync(path.join(dir, String(old)), { force: true });
      return () => giveBack(dir, number);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Waits until the lock is free and takes it; `onWait` is called once when there is something to wait for.
 * @param {string} dir
 * @param {() => void} onWait
 * @returns {Promise<() => void>} gives the lock back
 */
export async function waitForLock(dir, onWait) {
  let release = tryLock(dir);
  if (release === null) onWait();
  for (; release === null; release = tryLock(dir)) await sleep(200);
  return release;
}

/** Who holds it: the pid, for a sentence to people. */
export function lockOwner(/** @type {string} */ dir) {
  const held = highest(dir);
  return held > 0 ? (readOwner(dir, held)?.pid ?? null) : null;
}

/** @param {string} dir @param {number} number */
function giveBack(dir, number) {
  const free = path.join(dir, `free.${process.pid}`);
  writeFileSync(free, JSON.stringify({ pid: 0, startedAt: null }), { mode: 0o600 });
  renameSync(free, path.join(dir, String(number)));
}

/** @param {string} dir */
function numbers(dir) {
  return readdirSync(dir)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** @param {string} dir */
function highest(dir) {
  return Math.max(0, ...numbers(dir));
}

/** @param {string} dir @param {number} number */
function readOwner(dir, number) {
  try {
    return JSON.parse(readFileSync(path.join(dir, String(number)), "utf8"));
  } catch (error) {
    // A newer holder has tidied it away, or the machine lost power before the content reached the disk.
    if (error.code === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** @param {string} from @param {string} to */
function linkIfFree(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}
