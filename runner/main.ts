import { randomUUID } from "node:crypto";
import { Client } from "./client";
import { Journal } from "./journal";
import { OptionsError, parseOptions, type RunnerOptions } from "./options";
import { counted, messageOf, say } from "./say";
import { holdStateDirectory, makeRoomWhenAsked, REPLACED_EXIT_CODE, StateDirectoryTaken } from "./state-directory";
import { SyncLoop } from "./sync-loop";
import { Work } from "./work";

/** How long the end waits for a server that cannot be reached, and for one that can. */
const DELIVER_MS = { cutOff: 2_500, reachable: 60_000, stopped: 1_500 };
const LOOK_MS = 50;
/** A terminal and a supervisor may both send the same Ctrl-C. */
const SAME_SIGNAL_MS = 150;

function readOptions(): RunnerOptions {
  try {
    return parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

async function openJournal(options: RunnerOptions, instanceId: string): Promise<Journal> {
  try {
    await holdStateDirectory(options.stateDir, options);
    return new Journal(options.stateDir, instanceId);
  } catch (error) {
    if (error instanceof StateDirectoryTaken) process.stderr.write(`${error.message}\n`);
    else process.stderr.write(`The state directory ${options.stateDir} cannot be used (${messageOf(error)}).\n`);
    process.exit(2);
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  // Steps get an allow-list anyway; this is for whatever else might look.
  delete process.env.SWITCHYARD_RUNNER_TOKEN;
  // A reader of the messages that has gone away must not end the work.
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", () => undefined);
  const instanceId = randomUUID();
  makeRoomWhenAsked();
  const client = new Client(options.url, options.token);
  const journal = await openJournal(options, instanceId);
  const work: Work = new Work(options, journal, client, (urgency) => loop.news(urgency));
  const loop = new SyncLoop(options, client, work, instanceId);
  const drained = drainOnSignals(work, loop);
  await work.recover();
  const { exitCode } = await Promise.race([loop.run(), drained]);
  if (exitCode !== REPLACED_EXIT_CODE) await work.close();
  client.close();
  return exitCode;
}

/** The first signal ends the program when the work has ended, the second ends the work, the third ends the program at once. */
function drainOnSignals(work: Work, loop: SyncLoop): Promise<{ exitCode: number }> {
  return new Promise((resolve) => {
    let signals = 0;
    let lastAt = Number.NEGATIVE_INFINITY;
    let idleSince: number | null = null;
    const look = () => {
      if (work.running > 0) {
        idleSince = null;
        return;
      }
      idleSince ??= performance.now();
      const undelivered = Math.max(work.live.size, work.outbox.size, work.logs.pending);
      const limit = loop.isCutOff ? DELIVER_MS.cutOff : DELIVER_MS.reachable;
      if (undelivered > 0 && performance.now() - idleSince < (signals > 1 ? DELIVER_MS.stopped : limit)) return;
      if (undelivered > 0) say(`${counted(undelivered, "result")} not delivered: kept on disk for the next start.`);
      resolve({ exitCode: signals > 1 ? 1 : 0 });
    };
    const onSignal = (signal: NodeJS.Signals) => {
      const now = performance.now();
      if (now - lastAt < SAME_SIGNAL_MS) return;
      lastAt = now;
      signals += 1;
      if (signals === 1) {
        say(`${signal}: no new work; waiting for ${counted(work.running, "running step")} (once more stops them).`);
        loop.drain();
        setInterval(look, LOOK_MS);
      } else if (signals === 2) {
        say(`${signal}: stopping ${counted(work.running, "running step")}.`);
        work.stopAll();
      } else process.exit(1);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(
      `The runner stops: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
