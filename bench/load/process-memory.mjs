import { readFileSync } from "node:fs";

/**
 * Resident memory, in MB, of the largest of these processes; one that has just ended counts as nothing.
 * @param {number[]} pids
 */
export function largestMemory(pids) {
  return Math.max(0, ...pids.map(residentKilobytes)) / 1024;
}

/** @param {number} pid */
function residentKilobytes(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
