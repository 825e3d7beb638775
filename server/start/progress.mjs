/** Something that the person who typed the command can mend; its message is the one sentence they see. */
export class StartError extends Error {}

const HEARTBEAT_MS = 10_000;

/** Writes one line for people. */
export function say(line = "") {
  process.stdout.write(`${line}\n`);
}

/**
 * Does a piece of work that may take long, and shows that it is going on.
 * @template T
 * @param {string} name
 * @param {(note: (text: string) => void) => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const startedAt = performance.now();
  const elapsed = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  let noted = "";
  say(`  · ${name}`);
  const heartbeat = setInterval(() => say(`  · ${name}, ${elapsed()}`), HEARTBEAT_MS);
  try {
    const result = await work((text) => {
      noted = `, ${text}`;
    });
    say(`  ✓ ${name}${noted} (${elapsed()})`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
