import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds since 1970 with fractions: the one clock that processes of a machine can compare. */
export function now() {
  return performance.timeOrigin + performance.now();
}

/**
 * Asks again every few milliseconds until the answer is yes, and says when that was.
 * @param {string} what
 * @param {() => Promise<boolean>} ask
 * @param {{ everyMs?: number, withinMs?: number }} [times]
 */
export async function until(what, ask, { everyMs = 3, withinMs = 60_000 } = {}) {
  for (const end = now() + withinMs; !(await ask()); await sleep(everyMs))
    if (now() > end) throw new Error(`${what} did not happen within ${withinMs / 1000} s`);
  return now();
}
