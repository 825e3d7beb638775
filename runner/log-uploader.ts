import { open } from "node:fs/promises";
import { backoffMs } from "./backoff";
import type { Client } from "./client";
import type { LogEntryInput } from "./protocol";
import { messageOf, say } from "./say";
import { bytesOfLines } from "./spool-lines";

/** A request's body stays near this; the longest entry of the spool is smaller. */
const BATCH_BYTES = 512 * 1024;
const BATCH_ENTRIES = 1_000;
/** Between two requests of one attempt while it runs. */
const PACE_MS = 200;
const PARALLEL = 4;
const SLOW_RETRY_MS = 30_000;

interface Feed {
  attemptId: string;
  file: string;
  /** Bytes of whole lines in the file. */
  size: number;
  /** Bytes the server has, and the number of the entry after them. */
  offset: number;
  nextSeq: number;
  endedAt: number | null;
  isBusy: boolean;
  /** The server has not said yet where to go on: the feed is an earlier instance's. */
  isUnknown: boolean;
  maxEntries: number;
  /** The server does not want the next entry: a note takes its place and its number. */
  isNextUnwanted: boolean;
  failures: number;
  timer: NodeJS.Timeout | null;
}

/** Brings the spooled output of every attempt to the server, a few requests at a time, until it is there or nobody wants it. */
export class LogUploader {
  private readonly feeds = new Map<string, Feed>();
  private readonly waiting: Feed[] = [];
  private active = 0;

  constructor(
    private readonly client: Client,
    /** The attempt has ended and its output is delivered or given up. */
    private readonly onDone: (attemptId: string) => void,
  ) {}

  /** How many attempts still have output to deliver. */
  get pending(): number {
    return this.feeds.size;
  }

  /** More of the attempt's output is in the file. */
  written(attemptId: string, file: string, bytes: number): void {
    const feed = this.feedOf(attemptId, file);
    feed.size += bytes;
    this.schedule(feed, PACE_MS / 4);
  }

  /** Nothing will be added; without any output the attempt is done at once. */
  ended(attemptId: string): void {
    const feed = this.feeds.get(attemptId);
    if (!feed) {
      this.onDone(attemptId);
      return;
    }
    feed.endedAt = Date.now();
    this.schedule(feed, 0);
  }

  /** Goes on with the file that an earlier instance of the program left. */
  resume(attemptId: string, file: string, size: number, endedAt: number): void {
    const feed = this.feedOf(attemptId, file);
    Object.assign(feed, { size, endedAt, isUnknown: true });
    this.schedule(feed, 0);
  }

  /** Sends nothing more; what is not delivered stays in its file. */
  stop(): void {
    for (const feed of this.feeds.values()) if (feed.timer) clearTimeout(feed.timer);
    this.feeds.clear();
    this.waiting.length = 0;
  }

  private feedOf(attemptId: string, file: string): Feed {
    const known = this.feeds.get(attemptId);
    if (known) return known;
    const feed: Feed = {
      attemptId,
      file,
      size: 0,
      offset: 0,
      nextSeq: 1,
      endedAt: null,
      isBusy: false,
      isUnknown: false,
      maxEntries: BATCH_ENTRIES,
      isNextUnwanted: false,
      failures: 0,
      timer: null,
    };
    this.feeds.set(attemptId, feed);
    return feed;
  }

  private schedule(feed: Feed, ms: number): void {
    if (feed.isBusy || this.feeds.get(feed.attemptId) !== feed) return;
    if (feed.timer) {
      // The end of an attempt does not wait for the pace, but a failing server is not asked sooner.
      if (ms > 0 || feed.failures > 0) return;
      clearTimeout(feed.timer);
    }
    feed.timer = setTimeout(() => {
      feed.timer = null;
      feed.isBusy = true;
      this.waiting.push(feed);
      this.startNext();
    }, ms);
  }

  private startNext(): void {
    while (this.active < PARALLEL) {
      const feed = this.waiting.shift();
      if (!feed) return;
      this.active += 1;
      void this.step(feed)
        .catch((error: unknown) => {
          say(`The log of attempt ${feed.attemptId} cannot be read (${messageOf(error)}).`);
          return this.failed(feed);
        })
        .then((waitMs) => {
          this.active -= 1;
          feed.isBusy = false;
          if (waitMs === null) this.finish(feed);
          else if (waitMs !== Number.POSITIVE_INFINITY) this.schedule(feed, waitMs);
          // Written or ended while the request was under way, when nothing could be scheduled.
          else if (feed.offset < feed.size || feed.endedAt !== null) this.schedule(feed, PACE_MS / 4);
          this.startNext();
        });
    }
  }

  private finish(feed: Feed): void {
    if (this.feeds.get(feed.attemptId) !== feed) return;
    this.feeds.delete(feed.attemptId);
    this.onDone(feed.attemptId);
  }

  /** One request; answers in how many milliseconds to go on, infinity for "when more is written", null for "done". */
  private async step(feed: Feed): Promise<number | null> {
    if (!feed.isUnknown && feed.offset >= feed.size) return feed.endedAt === null ? Number.POSITIVE_INFINITY : null;
    const batch = feed.isUnknown ? { body: '{"entries":[]}', entries: 0, lengths: [] } : await readBatch(feed);
    const outcome = await this.client.appendLog(feed.attemptId, batch.body);
    switch (outcome.kind) {
      case "ok":
        feed.failures = 0;
        feed.isNextUnwanted = false;
        await this.moveTo(feed, outcome.value.next_seq, batch.lengths);
        if (feed.offset < feed.size)
          return feed.endedAt === null && feed.size - feed.offset < BATCH_BYTES / 2 ? PACE_MS : 0;
        return feed.endedAt === null ? Number.POSITIVE_INFINITY : null;
      case "missing":
        say(`The server does not know attempt ${feed.attemptId} (${outcome.why}): its output is dropped.`);
        return this.skipAll(feed);
      case "refused":
        return this.shrink(feed, batch, outcome.why);
      case "replaced":
        return SLOW_RETRY_MS;
      case "unauthenticated":
        feed.failures += 1;
        return SLOW_RETRY_MS;
      case "retry":
        return Math.max(outcome.afterMs ?? 0, this.failed(feed));
    }
  }

  private failed(feed: Feed): number {
    feed.failures += 1;
    return backoffMs(feed.failures, 15_000);
  }

  /** A refused request is not repeated as it is: in smaller pieces, then with a note in the piece's place, then not at all. */
  private shrink(feed: Feed, batch: { entries: number }, why: string): number | null {
    if (batch.entries > 1) {
      feed.maxEntries = Math.max(1, Math.floor(batch.entries / 2));
      return 0;
    }
    if (batch.entries === 1 && !feed.isNextUnwanted) {
      say(`The server refuses a piece of the output of attempt ${feed.attemptId} (${why}): it is left out.`);
      feed.isNextUnwanted = true;
      return 0;
    }
    say(`The server refuses the output of attempt ${feed.attemptId} (${why}): the rest of it is dropped.`);
    return this.skipAll(feed);
  }

  private skipAll(feed: Feed): number | null {
    feed.isUnknown = false;
    feed.offset = feed.size;
    return feed.endedAt === null ? Number.POSITIVE_INFINITY : null;
  }

  private async moveTo(feed: Feed, nextSeq: number, lengths: number[]): Promise<void> {
    const steps = nextSeq - feed.nextSeq;
    if (!feed.isUnknown && steps >= 0 && steps <= lengths.length) {
      for (const length of lengths.slice(0, steps)) feed.offset += length;
    } else {
      // The server is elsewhere than expected: find its place by counting lines from the start.
      feed.offset = await bytesOfLines(feed.file, nextSeq - 1);
      feed.isUnknown = false;
    }
    feed.nextSeq = nextSeq;
  }
}

async function readBatch(feed: Feed): Promise<{ body: string; entries: number; lengths: number[] }> {
  const file = await open(feed.file, "r");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(BATCH_BYTES, feed.size - feed.offset));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, feed.offset);
    const lengths: number[] = [];
    let end = 0;
    while (lengths.length < (feed.isNextUnwanted ? 1 : feed.maxEntries)) {
      const newline = buffer.subarray(0, bytesRead).indexOf(10, end);
      if (newline === -1) break;
      lengths.push(newline + 1 - end);
      end = newline + 1;
    }
    if (feed.isNextUnwanted) return { body: noteInPlaceOf(feed), entries: lengths.length, lengths };
    // JSON escapes every line break inside an entry, so each one here separates two entries.
    const entries = buffer.toString("utf8", 0, Math.max(0, end - 1)).replaceAll("\n", ",");
    return { body: `{"entries":[${entries}]}`, entries: lengths.length, lengths };
  } finally {
    await file.close();
  }
}

function noteInPlaceOf(feed: Feed): string {
  const text = "A piece of the output is missing here: the server refused it.\n";
  const entry: LogEntryInput = { seq: feed.nextSeq, stream: "system", at: new Date().toISOString(), text };
  return JSON.stringify({ entries: [entry] });
}
