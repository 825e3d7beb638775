// Row 10, first half: output of tasks into the store and out to somebody who reads it.
import http from "node:http";
import { download } from "../load/download.mjs";
import { holdTasks } from "../load/held-tasks.mjs";
import { logEntries } from "../load/log-text.mjs";
import { RawConnection } from "../load/raw-connection.mjs";

const MEGABYTE = 1_000_000;
/** About a megabyte a request. */
const ENTRIES_PER_REQUEST = 16;
const TASKS_AT_ONCE = 4;

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "logs",
  title: "Logs",
  unit: "MB/s",
  figures: {
    inOne: { label: "into the store, one task", digits: 1 },
    inFour: { label: "into the store, four tasks at once", digits: 1 },
    outText: { label: "out as text/plain", digits: 1 },
    outPages: { label: "out as JSON, pages of 1 MB", digits: 1 },
    inLines: { label: "one entry a line, 1,000 a request", unit: "lines/s", digits: 0 },
  },
  once: true,
  measure: async (env) => {
    const requests = env.quick ? 16 : 64;
    const held = await holdTasks(env, TASKS_AT_ONCE + 2);
    const [first, lines, ...several] = held.attempts;
    try {
      await upload(env, { ...several[0], token: held.token, requests: 2 });
      const one = await upload(env, { ...first, token: held.token, requests });
      const start = performance.now();
      const four = await Promise.all(
        several.map((attempt, n) =>
          upload(env, { ...attempt, token: held.token, requests: requests / 4, firstSeq: n === 0 ? 33 : 1 }),
        ),
      );
      const fourSeconds = (performance.now() - start) / 1_000;
      return {
        figures: {
          inOne: one.bytes / MEGABYTE / one.seconds,
          inFour: four.reduce((sum, { bytes }) => sum + bytes, 0) / MEGABYTE / fourSeconds,
          ...(await readAll(env, { taskId: first.taskId, bytes: one.bytes })),
          inLines: await uploadLines(env, { ...lines, token: held.token }),
        },
      };
    } finally {
      await held.report(held.attempts.map(({ attemptId }) => attemptId));
      held.runner.close();
    }
  },
};

/**
 * Sends so many requests one after the other, as a runner does, on a connection of its own.
 * @param {import("../row.mjs").Env} env
 * @param {{ attemptId: string, token: string, requests: number, firstSeq?: number }} given
 */
async function upload(env, { attemptId, token, requests, firstSeq = 1 }) {
  const connection = new RawConnection({ port: env.port, token });
  let bytes = 0;
  let seconds = 0;
  for (let n = 0; n < requests; n++) {
    const entries = logEntries({ firstSeq: firstSeq + n * ENTRIES_PER_REQUEST, count: ENTRIES_PER_REQUEST });
    bytes += entries.reduce((sum, { text }) => sum + text.length, 0);
    seconds += await append(connection, attemptId, entries);
  }
  connection.close();
  return { bytes, seconds };
}

/**
 * Short entries: what a program that prints a line now and then comes to, at the most that one request may carry.
 * @param {import("../row.mjs").Env} env
 * @param {{ attemptId: string, token: string }} given
 */
async function uploadLines(env, { attemptId, token }) {
  const connection = new RawConnection({ port: env.port, token });
  const requests = env.quick ? 5 : 20;
  let seconds = 0;
  for (let n = 0; n < requests; n++) {
    const entries = Array.from({ length: 1_000 }, (_, line) => ({
      seq: n * 1_000 + line + 1,
      stream: "stdout",
      at: new Date().toISOString(),
      text: `${`step ${n}, line ${line} `.padEnd(99, ".")}\n`,
    }));
    seconds += await append(connection, attemptId, entries);
  }
  connection.close();
  return (requests * 1_000) / seconds;
}

/** @param {RawConnection} connection @param {string} attemptId @param {{ seq: number }[]} entries */
async function append(connection, attemptId, entries) {
  const start = performance.now();
  const { status, body } = await connection.post(`/api/runner/attempts/${attemptId}/logs`, { entries });
  const next = (entries.at(-1)?.seq ?? 0) + 1;
  if (status !== 200 || JSON.parse(body).next_seq !== next) throw new Error(`logs: ${status} ${body.slice(0, 300)}`);
  return (performance.now() - start) / 1_000;
}

/**
 * Reads a whole log back in both forms, and checks that nothing of it is missing.
 * @param {import("../row.mjs").Env} env
 * @param {{ taskId: string, bytes: number }} given
 */
async function readAll(env, { taskId, bytes }) {
  const agent = new http.Agent({ keepAlive: true, noDelay: true });
  const get = (/** @type {string} */ query, /** @type {string} */ accept) =>
    download(agent, {
      port: env.port,
      path: `/api/v1/tasks/${taskId}/logs${query}`,
      headers: { authorization: `Bearer ${env.apiToken}`, accept },
    });
  const text = await get("", "text/plain");
  if (text.body.length !== bytes) throw new Error(`${text.body.length} of ${bytes} bytes came back as text`);
  let [read, pagesMs] = [0, 0];
  for (let after = 0; ; ) {
    const { body, ms } = await get(`?after=${after}&limit=${ENTRIES_PER_REQUEST}`, "application/json");
    pagesMs += ms;
    const { items, next_after } = JSON.parse(body.toString());
    if (items.length === 0) break;
    read += items.reduce(
      (/** @type {number} */ sum, /** @type {{ text: string }} */ item) => sum + item.text.length,
      0,
    );
    after = next_after;
  }
  agent.destroy();
  if (read !== bytes) throw new Error(`${read} of ${bytes} bytes came back in pages`);
  return { outText: bytes / MEGABYTE / (text.ms / 1_000), outPages: bytes / MEGABYTE / (pagesMs / 1_000) };
}
