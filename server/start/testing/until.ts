import { setTimeout as pause } from "node:timers/promises";

/** How long to go on asking, and how often. */
export interface Patience {
  timeoutMs: number;
  everyMs: number;
}

const PATIENT: Patience = { timeoutMs: 60_000, everyMs: 50 };

/** Asks until the answer is something; an error is asked again as well, and told when the time is over. */
export async function until<T>(
  what: string,
  ask: () => T | false | Promise<T | false>,
  patience: Partial<Patience> = {},
): Promise<T> {
  const { timeoutMs, everyMs } = { ...PATIENT, ...patience };
  const end = performance.now() + timeoutMs;
  for (;;) {
    let problem: unknown;
    try {
      const answer = await ask();
      if (answer !== false) return answer;
    } catch (error) {
      problem = error;
    }
    if (performance.now() > end)
      throw new Error(
        `waited ${timeoutMs / 1000} s in vain for ${what}`,
        problem === undefined ? {} : { cause: problem },
      );
    await pause(everyMs);
  }
}
