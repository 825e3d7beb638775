import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { LogEntryInput } from "./protocol";

const FLUSH_MS = 50;
/** An entry's text: small enough that the worst JSON of one entry stays far below a request's size. */
const ENTRY_CHARS = 32_768;

/**
 * Turns a step's output into log entries in a file, one JSON text a line. The file, not memory, holds what is not sent yet, and
 * it is written before anything is sent, so an entry's number always means the same text, also after a restart.
 */
export class OutputSpool {
  private readonly decoder = new StringDecoder("utf8");
  private fd: number | null = null;
  private seq = 0;
  private keptBytes = 0;
  private droppedBytes = 0;
  private pending = "";
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private isBroken = false;

  constructor(
    private readonly file: string,
    private readonly maxBytes: number,
    private readonly on: { written: (bytes: number) => void; failed: (error: unknown) => void },
  ) {}

  /** Takes what the step wrote; past the limit it is only counted. */
  push(chunk: Buffer): void {
    if (this.isClosed) return;
    const room = this.maxBytes - this.keptBytes;
    if (chunk.length <= room) {
      this.keptBytes += chunk.length;
      this.pending += this.decoder.write(chunk);
    } else {
      this.droppedBytes += chunk.length - room;
      if (room > 0) {
        this.keptBytes += room;
        this.pending += this.decoder.write(chunk.subarray(0, room));
      }
    }
    if (this.pending.length >= ENTRY_CHARS) this.flush();
    else if (this.pending !== "" && !this.timer) this.timer = setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** A line of the runner's own. */
  note(text: string): void {
    if (this.isClosed) return;
    this.flush();
    this.write("system", `${text}\n`);
  }

  /** Writes what is left and, once, how much was dropped. */
  close(): void {
    if (this.isClosed) return;
    // A character that the limit cut in two is not shown as a broken one.
    if (this.droppedBytes === 0) this.pending += this.decoder.end();
    this.flush();
    if (this.droppedBytes > 0) {
      this.write(
        "system",
        `The output is longer than ${this.maxBytes} bytes: the last ${this.droppedBytes} bytes were dropped.\n`,
      );
    }
    this.isClosed = true;
    if (this.fd !== null) closeSync(this.fd);
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const text = this.pending;
    this.pending = "";
    for (let from = 0; from < text.length; ) {
      let to = Math.min(from + ENTRY_CHARS, text.length);
      const last = text.charCodeAt(to - 1);
      if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
      this.write("stdout", text.slice(from, to));
      from = to;
    }
  }

  private write(stream: LogEntryInput["stream"], text: string): void {
    if (this.isBroken) return;
    const entry: LogEntryInput = { seq: this.seq + 1, stream, at: new Date().toISOString(), text };
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      if (this.fd === null) {
        mkdirSync(path.dirname(this.file), { recursive: true });
        this.fd = openSync(this.file, "a", 0o600);
      }
      for (let done = 0; done < line.length; ) done += writeSync(this.fd, line, done);
    } catch (error) {
      // What was written before this line stays; a half-written line is never sent, because it has no end.
      this.isBroken = true;
      this.on.failed(error);
      return;
    }
    this.seq += 1;
    this.on.written(line.length);
  }
}
