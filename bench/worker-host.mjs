/**
 * A worker process: runs the worker of one side and sends the parent when its tasks began and ended. It is told
 * everything in one argument, announces `isReady`, starts on `go`, announces `isUp`, and ends on `stop`.
 */
import { now } from "./clock.mjs";
import { doTask } from "./task-body.mjs";

const { peer, settings, options, sleeps, flushMs } = JSON.parse(process.argv[2] ?? "");
/** @type {import("./peer.mjs").Peer} */
const { startWorker } = await import(peer);

/** Run, task, begin, end, and so on: one flat list, since it is sent often. @type {(string | number)[]} */
let records = [];
/** @type {{ stop: () => Promise<void> } | undefined} */
let worker;

function flush() {
  if (records.length === 0) return;
  process.send?.({ records });
  records = [];
}

/** @type {import("./peer.mjs").Execute} */
async function execute(run, task, kind) {
  const startedAt = now();
  await doTask(kind, task, sleeps);
  records.push(run, task, startedAt, now());
}

async function go() {
  worker = await startWorker(settings, options, execute);
  process.send?.({ isUp: true });
}

async function stop() {
  flush();
  await worker?.stop();
  process.exit(0);
}

process.on("message", (message) => void (message === "go" ? go() : stop()));
process.on("disconnect", () => process.exit(0));
setInterval(flush, flushMs);
process.send?.({ isReady: true });
