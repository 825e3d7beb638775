/**
 * A small runner over the runner protocol (docs/runner-protocol.md), for measuring the server rather than the runner
 * program. It keeps the protocol's rules with two liberties that the protocol gives: it reports only ends, never
 * `running`, and it keeps nothing on disk, since it never restarts.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { jsonPoster } from "./json-post.mjs";

const WAIT_MS = 20_000;
/** With room left and tasks running, the next question waits so long for what comes of them; the product's runner waits 6 ms. */
const PARK_DELAY_MS = 6;
/** Without room a sync only keeps leases, which last 60 s. */
const RENEW_MS = 15_000;

/**
 * @typedef {{ attempt_id: string, run_id: string, key: string, spec: { run: string } }} Assignment
 * @typedef {{ attempt_id: string, status: "success", exit_code: 0 }} Report
 */

/**
 * Takes up to `slots` tasks at a time until it is stopped. One request is in flight, which carries all that has ended; one
 * that waits with nothing to tell is overtaken by the next.
 * @param {{ port: number, token: string }} settings
 * @param {number} slots
 * @param {(assignment: Assignment) => Promise<void>} execute
 */
export function startRunnerClient({ port, token }, slots, execute) {
  const { post, close } = jsonPoster(port, { sockets: 8, token });
  const runner = { instance_id: randomUUID(), version: "bench", os: process.platform, labels: ["bench"], slots };
  /** What has been assigned and not ended. @type {Set<string>} */
  const held = new Set();
  /** An assignment that was sent again is ignored. @type {Set<string>} */
  const seen = new Set();
  /** @type {Report[]} */
  let ended = [];
  let isStopped = false;
  let ring = () => {};

  /** Until something has ended. */
  function news() {
    return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      if (ended.length > 0) resolve();
      ring = resolve;
    });
  }

  /** @param {Assignment} assignment */
  async function work(assignment) {
    const { attempt_id } = assignment;
    if (seen.has(attempt_id)) return;
    seen.add(attempt_id);
    held.add(attempt_id);
    await execute(assignment);
    held.delete(attempt_id);
    ended.push({ attempt_id, status: "success", exit_code: 0 });
    ring();
  }

  /** @param {Report[]} reports */
  async function sync(reports) {
    const answer = await post("/api/runner/sync", {
      runner,
      held: [...held].map((attempt_id) => ({ attempt_id, status: "queued" })),
      reports,
      free_slots: slots - held.size,
      wait_ms: reports.length > 0 ? 0 : WAIT_MS,
    });
    const refused = answer.reports.find((/** @type {{ accepted: boolean }} */ { accepted }) => !accepted);
    if (refused || answer.lost.length > 0 || answer.cancel.length > 0)
      throw new Error(`the server gave up a task: ${JSON.stringify({ ...answer, assignments: [] }).slice(0, 500)}`);
    for (const assignment of answer.assignments) void work(assignment);
  }

  /** An overtaken request may fail when nobody waits for it any more: the process ends then too. @param {unknown} error */
  function crash(error) {
    if (!isStopped) throw error;
  }

  async function loop() {
    while (!isStopped) {
      if (held.size > 0 && ended.length === 0)
        await Promise.race([news(), sleep(held.size < slots ? PARK_DELAY_MS : RENEW_MS, undefined, { ref: false })]);
      const reports = ended;
      ended = [];
      const answered = sync(reports);
      answered.catch(crash);
      await (reports.length > 0 ? answered : Promise.race([answered, news()]));
      // What ends in the same turn goes with the same request.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  loop().catch(crash);
  return {
    async stop() {
      isStopped = true;
      close();
    },
  };
}
