import type { Engine } from "../engine/engine";

/** Viewers are told at most this often; what changed in between is in the next word. */
const QUIET_MS = 500;
/** A wake is a hint: viewers look again this often without one. */
const POLL_MS = 5_000;

/** The moments at which something of the team may have changed; ends with the signal. */
export async function* streamTeamChanges(
  engine: Engine,
  which: { teamId: string; signal: AbortSignal },
): AsyncGenerator<Date, void> {
  const { signal } = which;
  let woken = false;
  let wake = () => {};
  const off = engine.bus.on(`team:${which.teamId}`, () => {
    woken = true;
    wake();
  });
  try {
    while (!signal.aborted) {
      if (!woken) await pause(POLL_MS, signal, (early) => (wake = early));
      if (signal.aborted) return;
      woken = false;
      yield new Date();
      wake = () => {};
      await pause(QUIET_MS, signal);
    }
  } finally {
    off();
  }
}

/** Waits, unless the signal ends or `early` is called before. */
function pause(ms: number, signal: AbortSignal, early: (wake: () => void) => void = () => {}): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) return done();
    signal.addEventListener("abort", done, { once: true });
    early(done);
  });
}
