import type { ModelLogs } from "./model-logs";
import type { Outcome } from "./read-outcome";
import type { World } from "./world";

interface StoredEntry {
  attempt_id: string;
  seq: number;
  stream: string;
  text: string;
}

/** Logs are stored as they were sent, without gaps and nothing twice. */
export async function judgeLogs(world: World, { attempts }: Outcome, runners: { logs: ModelLogs }[]): Promise<void> {
  const { rows } = await world.pool.query<StoredEntry>(
    "SELECT attempt_id, seq, stream, text FROM log_entry WHERE attempt_id = ANY($1::uuid[]) ORDER BY attempt_id, seq",
    [[...attempts.keys()]],
  );
  const stored = new Map<string, StoredEntry[]>();
  for (const row of rows) stored.set(row.attempt_id, [...(stored.get(row.attempt_id) ?? []), row]);
  for (const { logs } of runners)
    for (const { attemptId, entries } of logs.logs.values()) {
      const is = (stored.get(attemptId) ?? []).map(({ seq, stream, text }) => ({ seq, stream, text }));
      const sent = entries.map(({ seq, stream, text }) => ({ seq, stream, text: text.replaceAll("\u0000", "\ufffd") }));
      if (JSON.stringify(is) !== JSON.stringify(sent))
        world.violate(`the log of ${attemptId} is ${JSON.stringify(is)}, sent was ${JSON.stringify(sent)}`);
      stored.delete(attemptId);
    }
  for (const attemptId of stored.keys()) world.violate(`${attemptId} has a log that nobody sent`);
}
