import { readdirSync, readFileSync } from "node:fs";

/** What the kernel counts processor time in; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** @typedef {{ pid: number, parent: number, seconds: number }} Usage */

/** @returns {Usage[]} */
function usages() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = statOf(name);
      if (stat === null) return [];
      // The name in brackets may hold anything; the fields behind it start with the state.
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
      return [{ pid: Number(name), parent: fields[1] ?? 0, seconds: ticks / TICKS_PER_SECOND }];
    });
}

/** @param {string} pid */
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    // It ended in the meantime.
    if (error.code === "ENOENT" || error.code === "ESRCH") return null;
    throw error;
  }
}

/**
 * These processes and everything below them.
 * @param {number[]} roots
 * @param {{ pid: number, parent: number }[]} [table]
 */
export function descendants(roots, table = usages()) {
  const family = new Set(roots);
  for (let before = -1; before < family.size; ) {
    before = family.size;
    for (const { pid, parent } of table) if (family.has(parent)) family.add(pid);
  }
  return family;
}

/**
 * The CPU seconds that these processes and everything below them have used, children that have ended included. Linux only.
 * @param {number[]} roots
 */
export function treeCpu(roots) {
  const table = usages();
  const family = descendants(roots, table);
  return table.reduce((sum, { pid, seconds }) => (family.has(pid) ? sum + seconds : sum), 0);
}
