import type { Engine } from "../../engine/engine";
import { liveSignal } from "../live-signal";
import type { EventItem } from "../present/event";
import { streamRunEvents } from "../stream";

/** Keeps proxies from closing a quiet stream. */
const COMMENT_EVERY_MS = 15_000;

interface Viewer {
  teamId: string;
  runId: string;
  after: number;
  viewer: AbortSignal;
  mayStillLook: () => Promise<boolean>;
}

/** A run's events as server-sent events, from `after` on, until the viewer leaves or may look no longer. */
export function eventStream(engine: Engine, viewer: Viewer): Response {
  const encoder = new TextEncoder();
  const live = liveSignal(engine, viewer);
  const batches = streamRunEvents(engine, { ...viewer, signal: live.signal });
  let comment: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(comment);
    live.close();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The first bytes open the stream for clients that wait for them.
      controller.enqueue(encoder.encode(": open\n\n"));
      comment = setInterval(() => controller.enqueue(encoder.encode(": alive\n\n")), COMMENT_EVERY_MS);
      comment.unref();
    },
    // Asked only when the viewer has taken what was sent: a slow one holds back itself and nobody else.
    async pull(controller) {
      try {
        const { value, done } = await batches.next();
        if (!done) return controller.enqueue(encoder.encode(value.map(frame).join("")));
      } catch (error) {
        stop();
        return controller.error(error);
      }
      stop();
      controller.close();
    },
    async cancel() {
      stop();
      await batches.return();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

function frame(event: EventItem): string {
  return `id: ${event.number}\ndata: ${JSON.stringify(event)}\n\n`;
}
