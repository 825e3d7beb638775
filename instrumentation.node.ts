import type { RequestListener } from "node:http";
import { nodeListener } from "@/server/api/node-listener";
import { handleRest } from "@/server/api/rest/router";
import { securityHeaders } from "@/server/api/security-headers.mjs";
import { startEngine, stopEngine } from "@/server/engine/engine";

/** An open stream must not keep a stopped server alive: after this the process ends whatever is still open. */
const EXIT_AFTER_MS = 2_000;

interface Front {
  switchyardStarted?: (direct: RequestListener) => void;
}

/** Starts matcher, sweeper and LISTEN, and ends them with the process. */
export async function start(): Promise<void> {
  await startEngine();
  // For web-server.mjs, which cannot import what only exists inside the bundle; under `next start` nobody asks.
  (globalThis as Front).switchyardStarted?.(nodeListener(handleRest, securityHeaders));
  const stop = () => {
    setTimeout(() => process.exit(0), EXIT_AFTER_MS).unref();
    stopEngine().catch((error: unknown) => {
      console.error("the engine did not stop cleanly:", error);
      process.exit(1);
    });
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
}
