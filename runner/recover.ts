import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { JournalEntry } from "./journal";
import { bootId, findMarkedProcesses, isGroupAlive, readProcess } from "./process-table";
import { REASON_RUNNER_LOST, type Report } from "./protocol";
import { bytesOfLines } from "./spool-lines";
import { killProcesses } from "./stop-processes";

/** What an earlier instance of the program left to do for one attempt. */
export interface Leftover {
  id: string;
  /** To be reported; null when the server needs no word about it. */
  report: Report | null;
  /** The report is not in the journal yet. */
  isNew: boolean;
  endedAt: number;
}

/**
 * Ends the processes of earlier instances and says what is still to be reported: results that were not acknowledged, and
 * `runner-lost` for whatever may have started. What certainly never started is left to its lease.
 */
export async function recoverAttempts(entries: JournalEntry[], now: number): Promise<Leftover[]> {
  const boot = bootId();
  await Promise.all(entries.map((entry) => killSurvivors(entry, boot)));
  return entries.map((entry) => {
    const endedAt = entry.endedAt ?? now;
    if (entry.stage === "acknowledged") return { id: entry.id, report: null, isNew: false, endedAt };
    if (entry.report) return { id: entry.id, report: entry.report, isNew: false, endedAt };
    // kill -9 loses nothing that was written, but a loss of power may have lost the line that says "starting".
    const isCertain = entry.stage === "assigned" && entry.boot === boot;
    if (isCertain) return { id: entry.id, report: null, isNew: true, endedAt };
    const at = new Date(now).toISOString();
    return {
      id: entry.id,
      report: { attempt_id: entry.id, status: "failed", at, reason: REASON_RUNNER_LOST },
      isNew: true,
      endedAt,
    };
  });
}

async function killSurvivors(entry: JournalEntry, boot: string): Promise<void> {
  const marked = (await findMarkedProcesses()).get(entry.id) ?? [];
  const group = entry.group ?? 0;
  // A process id is used again one day: the group is ours only if its leader is the process that was written down, or if one of
  // its members carries the attempt's marker.
  const isOurs =
    group > 1 &&
    entry.boot === boot &&
    isGroupAlive(group) &&
    ((entry.startTime !== "" && readProcess(group)?.startTime === entry.startTime) ||
      marked.some((pid) => readProcess(pid)?.group === group || pid === group));
  if (isOurs) await killProcesses({ attemptId: entry.id, group });
  else if (marked.length > 0) await killProcesses({ attemptId: entry.id, group: null });
}

/** The bytes of whole entries in an earlier instance's output file; 0 when there is none. */
export async function spooledBytes(file: string): Promise<number> {
  return existsSync(file) ? bytesOfLines(file, Number.POSITIVE_INFINITY) : 0;
}

/** Removes files of attempts that the journal does not know. */
export function removeStrangers(directory: string, known: Set<string>): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    if (!known.has(name)) rmSync(path.join(directory, name), { recursive: true, force: true });
  }
}
