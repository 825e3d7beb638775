import { rmSync } from "node:fs";
import path from "node:path";
import { readJson, writePrivate } from "./data-dir.mjs";
import { isAlive } from "./process-table.mjs";
import { step } from "./progress.mjs";
import { endProcess } from "./supervise.mjs";

const ORPHAN_STOP = { withinMs: 4_000, askAgainAfterMs: 300 };

/** @param {string} dataDir */
function fileIn(dataDir) {
  return path.join(dataDir, "children.json");
}

/**
 * Remembers on disk which processes are ours, for the case that we are killed before we can stop them.
 * @param {string} dataDir
 * @param {string} name
 * @param {import("./supervise.mjs").ProcessRecord} record
 */
export function noteChild(dataDir, name, record) {
  writePrivate(fileIn(dataDir), JSON.stringify({ ...readJson(fileIn(dataDir)), [name]: record }));
}

/**
 * Ends what a killed `npm start` has left running; it holds the port, and two runners with one token replace each other.
 * Answers whether there was anything.
 * @param {string} dataDir
 */
export async function endOrphans(dataDir) {
  /** @type {[string, import("./supervise.mjs").ProcessRecord][]} */
  const noted = Object.entries(readJson(fileIn(dataDir)) ?? {});
  const orphans = noted.filter(([, record]) => isAlive(record));
  if (orphans.length > 0)
    await step(`ending the ${orphans.map(([name]) => name).join(" and ")} of an earlier start`, async () => {
      await Promise.all(orphans.map(([, record]) => endProcess(record, ORPHAN_STOP)));
    });
  rmSync(fileIn(dataDir), { force: true });
  return orphans.length > 0;
}
