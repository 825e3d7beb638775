import { readAttemptLog } from "../../read/task-log";
import type { Db } from "../caller";

const PAGE = 200;

/** An attempt's output as it was written, read page by page while it is sent. */
export function plainLog(
  db: Db,
  which: { attemptId: string | null; after: number; limit: number | undefined },
): Response {
  const encoder = new TextEncoder();
  const pages = readPages(db, which);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await pages.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
  return new Response(body, { headers: { "content-type": "text/plain; charset=utf-8" } });
}

async function* readPages(
  db: Db,
  { attemptId, after, limit }: { attemptId: string | null; after: number; limit: number | undefined },
): AsyncGenerator<string, void> {
  let left = attemptId === null ? 0 : (limit ?? Number.POSITIVE_INFINITY);
  let from = after;
  while (attemptId !== null && left > 0) {
    const page = Math.min(PAGE, left);
    const rows = await readAttemptLog(db, { attemptId, after: from, limit: page });
    const text = rows.map((row) => row.text).join("");
    if (text !== "") yield text;
    from = rows.at(-1)?.seq ?? from;
    left = rows.length < page ? 0 : left - rows.length;
  }
}
