import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { identityOf } from "./options";
import { bootId, readProcess, sendSignal } from "./process-table";
import { say } from "./say";

/** Who works on a state directory: a process, known by more than its number, and for which server and token. */
interface Holder {
  pid: number;
  startTime: string;
  boot: string;
  owner: string;
}

/** The state directory belongs to another runner, which goes on. */
export class StateDirectoryTaken extends Error {}

/** Sent to the runner before: it ends at once, as one that the server has told of its successor. */
const MAKE_ROOM: NodeJS.Signals = "SIGUSR2";
/** What a runner ends with whose place another has taken. */
export const REPLACED_EXIT_CODE = 3;
/** One that is stopped or hangs is killed. */
const KILL_AFTER_MS = 1_000;
const GONE_WITHIN_MS = 10_000;

/**
 * Makes this process the only one that works on the state directory. An earlier start of the same runner that still lives is
 * ended first: what it had is taken over from the disk, and two that write there would take each other's files away. A runner of
 * another server or token is left alone: throws StateDirectoryTaken.
 */
export async function holdStateDirectory(directory: string, identity: { url: string; token: string }): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, "holder.json");
  const owner = identityOf(identity.url, identity.token);
  const holder = readHolder(file);
  if (holder && isAlive(holder)) {
    if (holder.owner !== owner)
      throw new StateDirectoryTaken(
        `The state directory ${directory} is in use by another runner (process ${holder.pid}); give this one its own with --state-dir.`,
      );
    say(`process ${holder.pid}, an earlier start of this runner, still works on ${directory}: it is ended first.`);
    await end(holder, directory);
  }
  const me: Holder = { pid: process.pid, startTime: readProcess(process.pid)?.startTime ?? "", boot: bootId(), owner };
  writeFileSync(`${file}.new`, JSON.stringify(me), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Ends this program at once when a later start of the same runner takes its place. */
export function makeRoomWhenAsked(): void {
  process.once(MAKE_ROOM, () => {
    say("another start of this runner takes its place; this one stops.");
    process.exit(REPLACED_EXIT_CODE);
  });
}

async function end(holder: Holder, directory: string): Promise<void> {
  sendSignal(holder.pid, MAKE_ROOM);
  const askedAt = performance.now();
  while (isAlive(holder)) {
    const waited = performance.now() - askedAt;
    if (waited > GONE_WITHIN_MS)
      throw new StateDirectoryTaken(
        `The earlier runner on ${directory} (process ${holder.pid}) cannot be ended; end it, then start this one again.`,
      );
    if (waited > KILL_AFTER_MS) sendSignal(holder.pid, "SIGKILL");
    await delay(20);
  }
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    // None yet, or one that a full disk cut off: nobody is known to work here.
    return null;
  }
}

/** Only where the system tells processes apart that had one number after another. */
function isAlive({ pid, startTime, boot }: Holder): boolean {
  if (pid === process.pid || startTime === "" || boot !== bootId()) return false;
  const found = readProcess(pid);
  return found !== null && found.startTime === startTime && found.state !== "Z" && found.state !== "X";
}
