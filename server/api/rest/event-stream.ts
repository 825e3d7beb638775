import type { Engine } from "../../engine/engine";
import { liveSignal } from "../live-signal";
import type { EventItem } from "../present/event";
import { streamRunEvents } from "../stream";

/** Keeps proxies from closing a quiet stream. */
const COMMENT_EVERY_MS = 15_000;

const encoder = new TextEncoder();

interface Viewer {
  teamId: string;
  runId: string;
  after: number;
  viewer: AbortSignal;
  mayStillLook: () => Promise<boolean>;
}

/** A run's events as server-sent events, from `after` on, until the viewer leaves or may look no longer. */
export function eventStream(engine: Engine, viewer: Viewer): Response {
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
        if (!done) return controller.enqueue(bytesOf(value));
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

// Viewers of a run share the items of its tail: an event is written down once, not once for each of 500 viewers.
const frames = new WeakMap<EventItem, Uint8Array>();

function bytesOf(batch: EventItem[]): Uint8Array {
  const all = batch.map(frameOf);
  const [first] = all;
  return first && all.length === 1 ? first : Buffer.concat(all);
}

function frameOf(event: EventItem): Uint8Array {
  const known = frames.get(event);
  if (known) return known;
  const frame = encoder.encode(`id: ${event.number}\ndata: ${JSON.stringify(event)}\n\n`);
  frames.set(event, frame);
  return frame;
}
