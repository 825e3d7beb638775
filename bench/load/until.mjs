import { setTimeout as sleep } from "node:timers/promises";

/**
 * Looks again every `everyMs` until `look` returns something true, which it returns; throws after `withinMs`.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} look
 * @param {{ withinMs: number, everyMs?: number }} bounds
 * @returns {Promise<T>}
 */
export async function until(what, look, { withinMs, everyMs = 50 }) {
  for (const end = Date.now() + withinMs; ; await sleep(everyMs)) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs / 1000} s`);
  }
}
