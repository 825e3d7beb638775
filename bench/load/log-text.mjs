/** Bytes of text in one entry: about what a runner sends of a step that prints steadily. */
const ENTRY_BYTES = 64_000;

/**
 * Entries of a log as a build prints it: lines of 80 to 120 bytes, whole lines in pieces of about 64 KB.
 * @param {{ firstSeq: number, count: number }} which
 */
export function logEntries({ firstSeq, count }) {
  return Array.from({ length: count }, (_, n) => ({
    seq: firstSeq + n,
    stream: n % 8 === 7 ? "stderr" : "stdout",
    at: new Date().toISOString(),
    text: piece(firstSeq + n),
  }));
}

/** @param {number} seq */
function piece(seq) {
  let text = "";
  for (let line = 0; text.length < ENTRY_BYTES; line++) {
    const head = `[${String(seq).padStart(6, "0")}:${String(line).padStart(4, "0")}] compiling module ${(seq * 7919 + line * 104_729) % 99_991} of "packages/web"\t`;
    text += `${head.padEnd(79 + ((seq + line * 13) % 41), "=")}\n`;
  }
  return text;
}
