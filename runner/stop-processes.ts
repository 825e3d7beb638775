import { setTimeout as delay } from "node:timers/promises";
import { findMarkedProcesses, isGroupAlive, sendSignal } from "./process-table";

export interface Target {
  attemptId: string;
  /** The group of the step's first process; null when it is not known to be ours. */
  group: number | null;
}

const POLL_MS = 40;
const KILL_ROUNDS = 50;

/**
 * Ends every process of an attempt: SIGTERM, after the grace SIGKILL, to its group (also when its leader has gone) and to
 * those that left the group but carry its marker. Resolves when none is left, or when SIGKILL has been sent for two seconds.
 */
export async function stopProcesses(target: Target, graceMs: number): Promise<void> {
  const until = performance.now() + graceMs;
  signalGroup(target, "SIGTERM");
  for (const pid of await marked(target)) sendSignal(pid, "SIGTERM");
  while (performance.now() < until) {
    if (!isAlive(target) && (await marked(target)).length === 0) return;
    await delay(Math.min(POLL_MS, Math.max(1, until - performance.now())));
  }
  await killProcesses(target);
}

/** Sends SIGKILL until nothing of the attempt is left. */
export async function killProcesses(target: Target): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    signalGroup(target, "SIGKILL");
    const rest = await marked(target);
    for (const pid of rest) sendSignal(pid, "SIGKILL");
    if (rest.length === 0 && !isAlive(target)) return;
    await delay(POLL_MS);
  }
}

async function marked(target: Target): Promise<number[]> {
  return (await findMarkedProcesses()).get(target.attemptId) ?? [];
}

function signalGroup(target: Target, signal: NodeJS.Signals): void {
  if (target.group !== null) sendSignal(-target.group, signal);
}

function isAlive(target: Target): boolean {
  return target.group !== null && isGroupAlive(target.group);
}
