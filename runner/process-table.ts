import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ATTEMPT_MARKER } from "./step-environment";

/** Which living processes carry which attempt's marker, whatever group or session they moved to. */
export type MarkedProcesses = Map<string, number[]>;

const MARKER = `${ATTEMPT_MARKER}=`;
let running: Promise<MarkedProcesses> | null = null;
let next: Promise<MarkedProcesses> | null = null;

/** Looks at every process once; callers that come while one look is under way share the next one. */
export function findMarkedProcesses(): Promise<MarkedProcesses> {
  if (next) return next;
  if (running) {
    next = running.then(() => {
      next = null;
      return begin();
    });
    return next;
  }
  return begin();
}

function begin(): Promise<MarkedProcesses> {
  running = (process.platform === "linux" ? lookInProc() : askPs()).finally(() => {
    running = null;
  });
  return running;
}

async function lookInProc(): Promise<MarkedProcesses> {
  const found: MarkedProcesses = new Map();
  let looked = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // Other people's processes and those that have just gone cannot be read, and are not ours.
    const marker = attempt(() => markerIn(readFileSync(`/proc/${name}/environ`, "latin1"), "\0"));
    if (marker) note(found, marker, Number(name));
    looked += 1;
    if (looked % 64 === 0) await nextTurn();
  }
  return found;
}

function askPs(): Promise<MarkedProcesses> {
  return new Promise((resolve) => {
    execFile("ps", ["-axeww", "-o", "pid=,command="], { maxBuffer: 64 * 1024 * 1024 }, (_error, output) => {
      const found: MarkedProcesses = new Map();
      for (const line of output.split("\n")) {
        const marker = markerIn(line, " ");
        if (marker) note(found, marker, Number.parseInt(line, 10));
      }
      resolve(found);
    });
  });
}

function markerIn(text: string, separator: string): string | null {
  const at = text.startsWith(MARKER) ? 0 : text.indexOf(separator + MARKER) + 1;
  if (at === 0 && !text.startsWith(MARKER)) return null;
  const from = at + MARKER.length;
  const end = text.indexOf(separator, from);
  return text.slice(from, end === -1 ? undefined : end);
}

function note(found: MarkedProcesses, marker: string, pid: number): void {
  if (pid === process.pid || !(pid > 1)) return;
  const pids = found.get(marker);
  if (pids) pids.push(pid);
  else found.set(marker, [pid]);
}

/** The state letter, group and start time of a process, or null when it has gone or the system has no /proc. */
export function readProcess(pid: number): { state: string; group: number; startTime: string } | null {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  if (!text) return null;
  // The name in parentheses may hold anything, so fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", group: Number(fields[2]), startTime: fields[19] ?? "" };
}

/** Whether a living process belongs to the group; zombies, which nobody may ever reap, do not count. */
export function isGroupAlive(group: number): boolean {
  if (!sendSignal(-group, 0)) return false;
  if (process.platform !== "linux") return true;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const found = readProcess(Number(name));
    if (found && found.group === group && found.state !== "Z" && found.state !== "X") return true;
  }
  return false;
}

/** Sends a signal to a process, or to a group when negative; false when there is nobody to receive it. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // ESRCH: gone; EPERM: it changed its user and is out of reach.
    return false;
  }
}

/** Tells one start of the machine from another; empty where the system does not say. */
export function bootId(): string {
  return attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) ?? "";
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
