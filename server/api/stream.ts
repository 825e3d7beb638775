import type { Engine } from "../engine/engine";
import { readRunHead } from "../read/run";
import { readRunEvents } from "../read/run-events";
import { logError } from "./log-error";
import { type EventItem, presentEvent } from "./present/event";

/** A wake is a hint: events are looked for this often without one. */
const POLL_MS = 5_000;
const BATCH = 1_000;
/** Recent events kept for viewers that are a little behind; others read the database themselves. */
const KEPT = 2_000;

/** The end of one run's events, read once per wake for all its viewers in this process. */
class RunTail {
  private recent: EventItem[] = [];
  private reading = false;
  private again = false;
  private waiting = new Set<() => void>();
  private stopListening: () => void;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly engine: Engine,
    private readonly runId: string,
    /** The number of the newest event known here. */
    public head: number,
  ) {
    this.stopListening = engine.bus.on(`run:${runId}`, () => void this.read());
    this.timer = setInterval(() => void this.read(), POLL_MS);
    this.timer.unref();
  }

  close(): void {
    this.stopListening();
    clearInterval(this.timer);
  }

  /** What came after `number`, when it is still kept; null when the database must be asked. */
  since(number: number): EventItem[] | null {
    const oldest = this.recent[0]?.number;
    if (oldest === undefined || oldest > number + 1) return null;
    return this.recent.slice(number + 1 - oldest, number + 1 - oldest + BATCH);
  }

  /** Resolves when there may be something new, or the signal ends the wait. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      if (signal.aborted) return resolve();
      this.waiting.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  /** Reads what is new; a wake during a read causes exactly one more. */
  async read(): Promise<void> {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    try {
      do {
        this.again = false;
        const rows = await readRunEvents(this.engine.pool, { runId: this.runId, after: this.head, limit: BATCH });
        const last = rows.at(-1);
        if (!last) continue;
        this.recent = [...this.recent, ...rows.map(presentEvent)].slice(-KEPT);
        this.head = last.number;
        this.again ||= rows.length === BATCH;
        for (const wake of [...this.waiting]) wake();
      } while (this.again);
    } catch (error) {
      // The next wake or poll reads again from the same place: nothing is lost, the viewers only wait.
      logError(error, { requestId: "-", at: `stream of run ${this.runId}` });
    } finally {
      this.reading = false;
    }
  }
}

/** The runs that are followed in this process; a tail that is being opened is waited for, so that a crowd asks once. */
const tails = new WeakMap<Engine, Map<string, Followed>>();

interface Followed {
  viewers: number;
  tail: Promise<RunTail | null>;
}

/** A run's events after a number, in order, in batches, as they happen; ends with the signal. */
export async function* streamRunEvents(
  engine: Engine,
  which: { teamId: string; runId: string; after: number; signal: AbortSignal },
): AsyncGenerator<EventItem[], void> {
  const { runId, signal } = which;
  const followed = follow(engine, which);
  try {
    const tail = await followed.tail;
    if (!tail) return;
    let number = which.after;
    while (!signal.aborted) {
      if (number >= tail.head) {
        await tail.changed(signal);
        continue;
      }
      const batch =
        tail.since(number) ??
        (await readRunEvents(engine.pool, { runId, after: number, limit: BATCH })).map(presentEvent);
      number = batch.at(-1)?.number ?? tail.head;
      if (batch.length > 0) yield batch;
    }
  } finally {
    leave(engine, which, followed);
  }
}

/** How many runs are being followed in this process; back to 0 when everybody has left. */
export function followedRuns(engine: Engine): number {
  return tails.get(engine)?.size ?? 0;
}

/** Whether somebody of the team follows the run here already: then it exists and is the team's, and nobody need ask. */
export async function isFollowed(engine: Engine, which: { teamId: string; runId: string }): Promise<boolean> {
  const tail = await tails.get(engine)?.get(keyOf(which))?.tail;
  return tail !== undefined && tail !== null;
}

function keyOf({ teamId, runId }: { teamId: string; runId: string }): string {
  return `${teamId} ${runId}`;
}

function follow(engine: Engine, which: { teamId: string; runId: string }): Followed {
  const perRun = tails.get(engine) ?? new Map<string, Followed>();
  tails.set(engine, perRun);
  const key = keyOf(which);
  const followed = perRun.get(key) ?? { viewers: 0, tail: openTail(engine, which) };
  perRun.set(key, followed);
  followed.viewers += 1;
  return followed;
}

function leave(engine: Engine, which: { teamId: string; runId: string }, followed: Followed): void {
  followed.viewers -= 1;
  if (followed.viewers > 0) return;
  tails.get(engine)?.delete(keyOf(which));
  followed.tail.then(
    (tail) => tail?.close(),
    // Whoever waited for it has been told.
    () => {},
  );
}

async function openTail(engine: Engine, which: { teamId: string; runId: string }): Promise<RunTail | null> {
  const run = await readRunHead(engine.pool, which);
  if (!run) return null;
  const tail = new RunTail(engine, which.runId, run.last_event_number);
  // What was committed between the read and the first LISTEN callback.
  void tail.read();
  return tail;
}
