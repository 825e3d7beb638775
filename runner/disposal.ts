import { rm, rmdir } from "node:fs/promises";
import { findMarkedProcesses, sendSignal } from "./process-table";
import { messageOf, say } from "./say";

const PAUSE_MS = 1_000;

interface Place {
  attemptId: string;
  directory: string;
  logFile: string;
  removed: () => void;
}

/**
 * Clears up behind attempts that are over, together and out of the way of the work: processes that left their group but carry
 * an attempt's marker are killed first, then its files go.
 */
export class Disposal {
  private places: Place[] = [];
  private readonly overSince = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<void> = Promise.resolve();

  /** The attempt's process has ended: nothing of it may stay. */
  ended(attemptId: string): void {
    this.overSince.add(attemptId);
    this.later();
  }

  /** Nobody needs the attempt's files any more. */
  add(place: Place): void {
    this.places.push(place);
    this.later();
  }

  /** Does now whatever is waiting. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.sweeping = this.sweeping.then(() => this.sweep());
    return this.sweeping;
  }

  private later(): void {
    this.timer ??= setTimeout(() => void this.flush(), PAUSE_MS);
  }

  private async sweep(): Promise<void> {
    const over = [...this.overSince];
    const places = this.places;
    this.places = [];
    this.overSince.clear();
    if (over.length > 0) await killLeftovers(over);
    for (const place of places) {
      await removePlace(place);
      place.removed();
    }
  }
}

async function killLeftovers(attemptIds: string[]): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    const found = await findMarkedProcesses();
    const pids = attemptIds.flatMap((id) => found.get(id) ?? []);
    if (pids.length === 0) return;
    for (const pid of pids) sendSignal(pid, "SIGKILL");
  }
}

async function removePlace({ directory, logFile }: Place): Promise<void> {
  try {
    await rm(`${directory}.script`, { force: true });
    await rm(logFile, { force: true });
    // Most steps leave nothing behind, and then this is one call instead of a walk.
    await rmdir(directory).catch(() => rm(directory, { recursive: true, force: true, maxRetries: 2 }));
  } catch (error) {
    say(`${directory} cannot be removed (${messageOf(error)}); it is tried again at the next start.`);
  }
}
