import { LOG_ACCEPTED_HOURS, type LogEntryInput } from "../../runner/protocol";
import { AppError } from "../errors";
import type { Engine } from "./engine";
import { isId } from "./ids";
import { storableText } from "./storable-text";
import { inTransaction } from "./transaction";

/**
 * Stores what follows on from what is stored of an attempt's log: entries already there are ignored, entries behind a
 * gap are not stored. Returns where to go on. Throws `not_found` for an attempt that is not the runner's, and for one
 * that ended more than 24 h ago.
 */
export async function appendLog(
  engine: Engine,
  given: { runnerId: string; attemptId: string; entries: LogEntryInput[] },
): Promise<{ nextSeq: number }> {
  if (!isId(given.attemptId)) throw notFound();
  return inTransaction(engine.pool, async (tx) => {
    // Locks the attempt's row, so that two uploads of the same entries meet here. It is not the row that a renewal of
    // another attempt waits for, and nothing else is locked after it.
    const { rows } = await tx.query<{ log_entries: number }>({
      name: "lock_log",
      text: `SELECT a.log_entries FROM attempt a WHERE a.id = $1 AND a.runner_id = $2
        AND (a.ended_at IS NULL OR a.ended_at > clock_timestamp() - make_interval(hours => ${LOG_ACCEPTED_HOURS}))
        FOR NO KEY UPDATE`,
      values: [given.attemptId, given.runnerId],
    });
    const stored = rows[0]?.log_entries;
    if (stored === undefined) throw notFound();
    const fresh = following(given.entries, stored);
    if (fresh.length === 0) return { nextSeq: stored + 1 };
    await tx.query({
      name: "append_log",
      text: `WITH entry AS (
          INSERT INTO log_entry (attempt_id, seq, stream, at, text)
          SELECT $1, * FROM unnest($2::int[], $3::text[], $4::timestamptz[], $5::text[])
        )
        UPDATE attempt SET log_entries = $6, log_bytes = log_bytes + $7 WHERE id = $1`,
      values: [
        given.attemptId,
        fresh.map((entry) => entry.seq),
        fresh.map((entry) => entry.stream),
        fresh.map((entry) => entry.at),
        fresh.map((entry) => entry.text),
        stored + fresh.length,
        fresh.reduce((bytes, entry) => bytes + Buffer.byteLength(entry.text), 0),
      ],
    });
    return { nextSeq: stored + fresh.length + 1 };
  });
}

/** The entries that go on after `stored` without a gap, in order, each once. */
function following(entries: LogEntryInput[], stored: number): LogEntryInput[] {
  const fresh: LogEntryInput[] = [];
  for (const entry of [...entries].sort((a, b) => a.seq - b.seq))
    if (entry.seq === stored + fresh.length + 1) fresh.push({ ...entry, text: storableText(entry.text) });
  return fresh;
}

function notFound(): AppError {
  return new AppError("not_found", "This runner has no such attempt");
}
