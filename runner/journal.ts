import {
  closeSync,
  fdatasync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import type { Report } from "./protocol";
import { messageOf, say } from "./say";

/** What the runner knows about an attempt on disk, in the order in which it happens. */
export type JournalRecord =
  | { op: "assigned"; id: string; boot: string }
  | { op: "starting"; id: string }
  | { op: "started"; id: string; group: number; startTime: string }
  | { op: "ended"; id: string; report: Report; at: number }
  /** The end needs no report any more, but its output may still be on its way. */
  | { op: "acknowledged"; id: string; at: number }
  | { op: "forgotten"; id: string };

export interface JournalEntry {
  id: string;
  boot: string;
  stage: "assigned" | "starting" | "started" | "ended" | "acknowledged";
  group?: number;
  startTime?: string;
  report?: Report;
  endedAt?: number;
}

const COMPACT_BYTES = 4 * 1024 * 1024;

/**
 * The runner's memory across restarts: one file that only grows and is rewritten when it has grown too long. `append` survives
 * kill -9 of the runner at once; `sync` makes everything appended so far survive the loss of power too.
 */
export class Journal {
  readonly entries = new Map<string, JournalEntry>();
  private fd = -1;
  private bytes = 0;
  private compactAt = COMPACT_BYTES;
  private isTorn = false;
  private syncing: Promise<void> | null = null;
  private syncingNext: Promise<void> | null = null;

  /** Takes over what earlier instances left in the directory; their files are gone afterwards. */
  constructor(
    private readonly directory: string,
    private readonly instanceId: string,
  ) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const earlier = readdirSync(directory)
      .filter((name) => /^journal-.*\.jsonl$/.test(name))
      .sort();
    for (const name of earlier) this.read(path.join(directory, name));
    this.rewrite();
    for (const name of earlier) rmSync(path.join(directory, name), { force: true });
  }

  /** Throws when the disk refuses; the caller then must not act on what it could not write. */
  append(record: JournalRecord): void {
    // After a write that failed half-way, a new line keeps the broken piece from swallowing this record.
    const line = Buffer.from(`${this.isTorn ? "\n" : ""}${JSON.stringify(record)}\n`);
    this.isTorn = true;
    for (let done = 0; done < line.length; ) done += writeSync(this.fd, line, done);
    this.isTorn = false;
    this.bytes += line.length;
    this.apply(record);
    if (this.bytes > this.compactAt) this.compact();
  }

  /** Resolves when everything appended before the call is on the disk; calls that overlap share one flush. */
  sync(): Promise<void> {
    if (!this.syncing) {
      this.syncing = this.flush().finally(() => {
        this.syncing = null;
      });
      return this.syncing;
    }
    this.syncingNext ??= this.syncing
      .catch(() => undefined)
      .then(() => {
        this.syncingNext = null;
        return this.sync();
      });
    return this.syncingNext;
  }

  close(): void {
    closeSync(this.fd);
  }

  private flush(): Promise<void> {
    const fd = this.fd;
    return new Promise((resolve, reject) => {
      // A file that was replaced meanwhile is on the disk whole: `rewrite` has seen to it.
      fdatasync(fd, (error) => (error && fd === this.fd ? reject(error) : resolve()));
    });
  }

  private compact(): void {
    try {
      this.rewrite();
    } catch (error) {
      // The long file is as good as the short one; it is only tried again later.
      say(`The journal cannot be shortened (${messageOf(error)}).`);
    }
    this.compactAt = Math.max(COMPACT_BYTES, this.bytes * 2);
  }

  private read(file: string): void {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line === "") continue;
      try {
        this.apply(JSON.parse(line) as JournalRecord);
      } catch {
        // The line that was being written when the machine stopped; nothing was done on the strength of it.
      }
    }
  }

  private apply(record: JournalRecord): void {
    if (record.op === "assigned") {
      this.entries.set(record.id, { id: record.id, boot: record.boot, stage: "assigned" });
      return;
    }
    if (record.op === "forgotten") {
      this.entries.delete(record.id);
      return;
    }
    const entry = this.entries.get(record.id) ?? { id: record.id, boot: "", stage: "assigned" };
    entry.stage = record.op;
    if (record.op === "started") Object.assign(entry, { group: record.group, startTime: record.startTime });
    if (record.op === "ended") Object.assign(entry, { report: record.report, endedAt: record.at });
    if (record.op === "acknowledged") entry.endedAt ??= record.at;
    this.entries.set(record.id, entry);
  }

  private rewrite(): void {
    const file = path.join(this.directory, `journal-${this.instanceId}.jsonl`);
    const fd = openSync(`${file}.new`, "w", 0o600);
    const text = Buffer.from(
      [...this.entries.values()]
        .flatMap(recordsOf)
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(""),
    );
    for (let done = 0; done < text.length; ) done += writeSync(fd, text, done);
    fsyncSync(fd);
    renameSync(`${file}.new`, file);
    const directory = openSync(this.directory, "r");
    fsyncSync(directory);
    closeSync(directory);
    if (this.fd !== -1) closeSync(this.fd);
    this.fd = fd;
    this.bytes = text.length;
  }
}

function recordsOf(entry: JournalEntry): JournalRecord[] {
  const { id } = entry;
  const records: JournalRecord[] = [{ op: "assigned", id, boot: entry.boot }];
  if (entry.stage === "starting") records.push({ op: "starting", id });
  if (entry.group !== undefined)
    records.push({ op: "started", id, group: entry.group, startTime: entry.startTime ?? "" });
  const at = entry.endedAt ?? 0;
  if (entry.report) records.push({ op: "ended", id, report: entry.report, at });
  if (entry.stage === "acknowledged") records.push({ op: "acknowledged", id, at });
  return records;
}
