import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * When a process started, as text that only one process of this machine ever has together with its pid; null when it is
 * gone. A zombie is gone: it holds nothing any more, although signals still reach it.
 * @param {number} pid
 * @returns {string | null}
 */
export function startedAt(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform === "linux") {
    const stat = readIfThere(`/proc/${pid}/stat`);
    if (stat === null) return null;
    // The name in brackets may hold anything, also brackets; the fields behind it start with the state.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    const boot = readIfThere("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
    return `${boot}:${fields[19]}`;
  }
  try {
    const [state, ...rest] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], { encoding: "utf8" })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith("Z") ? null : rest.join(" ");
  } catch {
    // ps exits with 1 when there is no such process.
    return null;
  }
}

/**
 * Whether the process that was recorded is still the one with that pid.
 * @param {{ pid: number, startedAt: string | null } | null | undefined} record
 */
export function isAlive(record) {
  return record?.startedAt != null && startedAt(record.pid) === record.startedAt;
}

/** Whether the kernel still lists a process that has already ended. */
export function isZombie(/** @type {number} */ pid) {
  if (process.platform !== "linux") return false;
  const stat = readIfThere(`/proc/${pid}/stat`) ?? "";
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

/**
 * Waits until the recorded process is gone and says whether it is.
 * @param {{ pid: number, startedAt: string | null }} record
 * @param {number} forMs
 */
export async function waitUntilGone(record, forMs) {
  for (const end = Date.now() + forMs; isAlive(record); await sleep(25)) if (Date.now() > end) return false;
  return true;
}

/**
 * Signals a process group, or the process if it leads none; one that has gone is no error.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
}

/**
 * The process groups of a process and of everything that descends from it.
 * @param {number} pid
 */
export function groupsUnder(pid) {
  const table = processTable();
  const family = new Set([pid]);
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const row of table) if (family.has(row.parent)) family.add(row.pid);
  }
  return new Set(table.filter((row) => family.has(row.pid)).map((row) => row.group));
}

/** Every process of the machine; on Linux without `ps`, which small images do not have. */
export function processTable() {
  if (process.platform !== "linux") {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" }).trim().split("\n");
    return lines.map((line) => {
      const [pid = 0, parent = 0, group = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, group };
    });
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readIfThere(`/proc/${name}/stat`);
      if (stat === null) return [];
      const [, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ pid: Number(name), parent: Number(parent), group: Number(group) }];
    });
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // ESRCH: the process went while its file was open.
    if (error.code === "ENOENT" || error.code === "ESRCH") return null;
    throw error;
  }
}
