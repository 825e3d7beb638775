import { FRESH_MS } from "../auth/fresh-cache";
import type { Engine } from "../engine/engine";
import { logError } from "./log-error";

/**
 * A signal for one stream: it ends when the viewer leaves, when the server stops, or at most 5 s after the viewer has
 * lost the right to look. `close` must be called when the stream ends.
 */
export function liveSignal(
  engine: Engine,
  given: { viewer: AbortSignal | undefined; mayStillLook: () => Promise<boolean> },
): { signal: AbortSignal; close: () => void } {
  const controller = new AbortController();
  const end = () => controller.abort();
  // Not AbortSignal.any: on Node 20 it keeps every signal that a long-lived one was joined with.
  const sources = [given.viewer, engine.stopping].filter((source) => source !== undefined);
  for (const source of sources) {
    if (source.aborted) end();
    source.addEventListener("abort", end, { once: true });
  }
  const timer = setInterval(() => {
    given.mayStillLook().then(
      (may) => {
        if (!may) end();
      },
      // The database is away: nobody's rights could change there, and the stream has nothing to tell either.
      (error) => logError(error, { requestId: "-", at: "stream access check" }),
    );
  }, FRESH_MS);
  timer.unref();
  const close = () => {
    clearInterval(timer);
    for (const source of sources) source.removeEventListener("abort", end);
    controller.abort();
  };
  return { signal: controller.signal, close };
}
