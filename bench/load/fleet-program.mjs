// A process that holds many one-slot runners, each with a token and a connection of its own: a sync is always parked;
// whatever it brings is a no-op that is reported as a success at once.
import { setTimeout as sleep } from "node:timers/promises";
import { RawConnection } from "./raw-connection.mjs";

const WAIT_MS = 30_000;
/** A runner asks again after an answer that it cannot use; the number of these is reported. */
const RETRY_MS = 500;

const now = () => performance.timeOrigin + performance.now();
/** @type {{ taskId: string, attemptId: string, runId: string, at: number }[]} */
let assigned = [];
let troubles = 0;
let lastTrouble = "";
let parked = 0;
let quietSince = now();
let isStopped = false;

/** @param {{ port: number, token: string, firstWaitMs: number }} runner */
async function serve({ port, token, firstWaitMs }) {
  const connection = new RawConnection({ port, token });
  const runner = { instance_id: token.slice(-12), version: "bench", os: "linux", arch: "x64", slots: 1 };
  /** @type {object[]} */
  let reports = [];
  let waitMs = firstWaitMs;
  while (!isStopped) {
    const answer = await sync(connection, { runner, held: [], reports, free_slots: 1, wait_ms: waitMs });
    if (answer === null) continue;
    waitMs = WAIT_MS;
    const at = now();
    reports = answer.assignments.map((/** @type {Record<string, string>} */ work) => {
      assigned.push({ taskId: work.task_id, attemptId: work.attempt_id, runId: work.run_id, at });
      return { attempt_id: work.attempt_id, status: "success", at: new Date().toISOString(), exit_code: 0 };
    });
  }
  connection.close();
}

/** @param {RawConnection} connection @param {{ reports: object[] }} body */
async function sync(connection, body) {
  parked += body.reports.length === 0 ? 1 : 0;
  quietSince = now();
  try {
    const { status, body: text } = await connection.post("/api/runner/sync", body);
    if (status === 200) return JSON.parse(text);
    throw new Error(`${status} ${text.slice(0, 200)}`);
  } catch (error) {
    troubles += 1;
    lastTrouble = String(error);
    await sleep(RETRY_MS);
    return null;
  } finally {
    parked -= body.reports.length === 0 ? 1 : 0;
  }
}

process.on("message", async (/** @type {any} */ message) => {
  switch (message.ask) {
    case "start":
      for (const runner of message.runners) void serve(runner);
      return reply(message, {});
    case "status":
      return reply(message, { assigned: assigned.length, parked, quietMs: now() - quietSince, troubles, lastTrouble });
    case "take": {
      const taken = assigned;
      assigned = [];
      return reply(message, taken);
    }
    case "stop":
      isStopped = true;
      reply(message, {});
      process.disconnect();
      return setImmediate(() => process.exit(0));
  }
});

/** @param {{ id: number }} message @param {unknown} answer */
function reply(message, answer) {
  process.send?.({ id: message.id, answer });
}
