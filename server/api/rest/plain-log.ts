import type { Queryable } from "../../db/pool";
import { readAttemptLog } from "../../read/task-log";

const PAGE = 200;

/** An attempt's output as it was written, read page by page while it is sent. */
export function plainLog(
  db: Queryable,
  which: { attemptId: string | null; after: number; limit: number | undefined },
): Response {
  const encoder = new TextEncoder();
  let { after } = which;
  let left = which.limit ?? Number.POSITIVE_INFINITY;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { attemptId } = which;
      const limit = Math.min(PAGE, left);
      const rows = attemptId === null || limit === 0 ? [] : await readAttemptLog(db, { attemptId, after, limit });
      const text = rows.map((row) => row.text).join("");
      if (text !== "") controller.enqueue(encoder.encode(text));
      after = rows.at(-1)?.seq ?? after;
      left -= rows.length;
      // An empty text enqueues nothing, so only a full page of it needs another pull by hand.
      if (rows.length < limit || limit === 0) controller.close();
      else if (text === "") await this.pull?.(controller);
    },
  });
  return new Response(body, { headers: { "content-type": "text/plain; charset=utf-8" } });
}
