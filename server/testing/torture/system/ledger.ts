import { existsSync, readFileSync } from "node:fs";

/** What a step itself wrote down about one attempt of a task. */
export interface LedgerEntry {
  attemptId: string;
  runId: string;
  key: string;
  attempt: number;
  starts: { pid: number; atMs: number }[];
  /** Only when the step came to its end by itself. */
  end: { exitCode: number; atMs: number } | null;
}

/** The ledger of a run, by attempt id, in the order of the first starts. */
export type Ledger = Map<string, LedgerEntry>;

/** How many lines the steps have written so far. */
export function countLines(file: string): number {
  return linesOf(file).length;
}

/** Reads what the steps of a run have written; throws for a line that no step writes. */
export function readLedger(file: string): Ledger {
  const ledger: Ledger = new Map();
  for (const line of linesOf(file)) {
    const [what, runId = "", key = "", attempt, attemptId = "", number, micros] = line.split(" ");
    const fresh: LedgerEntry = { attemptId, runId, key, attempt: Number(attempt), starts: [], end: null };
    const entry = ledger.get(attemptId) ?? fresh;
    const atMs = Number(micros) / 1000;
    if (!(atMs > 0) || (what !== "start" && what !== "end")) throw new Error(`the ledger has the line "${line}"`);
    if (what === "start") entry.starts.push({ pid: Number(number), atMs });
    else entry.end = { exitCode: Number(number), atMs };
    ledger.set(attemptId, entry);
  }
  return ledger;
}

function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}
