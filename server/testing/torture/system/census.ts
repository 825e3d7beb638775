import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { isAlive, startedAt } from "../../../start/process-table.mjs";

interface Sighting {
  pid: number;
  startedAt: string | null;
  runId: string;
  attemptId: string;
}

const EVERY_MS = 100;
const RUN = "SWITCHYARD_RUN_ID=";
const ATTEMPT = "SWITCHYARD_ATTEMPT_ID=";

/** Looks again and again which processes of which attempts are alive, by the marker in their environment. */
export class Census {
  /** When a process of the attempt was last seen alive. */
  readonly lastSeenMs = new Map<string, number>();
  private isClosed = false;
  private looking: Promise<void> = Promise.resolve();

  /** Begins to look. */
  start(): void {
    this.looking = this.goOn();
  }

  /** Ends when the look in progress has ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.looking;
  }

  private async goOn(): Promise<void> {
    while (!this.isClosed) {
      for (const { attemptId } of await findMarked()) this.lastSeenMs.set(attemptId, Date.now());
      await pause(EVERY_MS);
    }
  }
}

/** The living processes of these runs, each as a line for people. */
export async function survivorsOf(runIds: Set<string>): Promise<{ pid: number; line: string }[]> {
  const found = (await findMarked()).filter(({ runId }) => runIds.has(runId));
  return found.filter(isAlive).map(({ pid, attemptId }) => ({
    pid,
    line: `process ${pid} (${commandOf(pid)}) of attempt ${attemptId}`,
  }));
}

async function findMarked(): Promise<Sighting[]> {
  const found: Sighting[] = [];
  let looked = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = readOf(Number(name), "environ").split("\0");
    const runId = environment.find((one) => one.startsWith(RUN))?.slice(RUN.length);
    const attemptId = environment.find((one) => one.startsWith(ATTEMPT))?.slice(ATTEMPT.length);
    const pid = Number(name);
    if (runId !== undefined && attemptId !== undefined)
      found.push({ pid, startedAt: startedAt(pid), runId, attemptId });
    looked += 1;
    if (looked % 64 === 0) await nextTurn();
  }
  return found;
}

function commandOf(pid: number): string {
  return readOf(pid, "cmdline").replaceAll("\0", " ").trim().replaceAll("\n", " ").slice(0, 80);
}

/** Nothing for a process that has just gone, or is somebody else's. */
function readOf(pid: number, file: "environ" | "cmdline"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
