import { createServer } from "node:http";
import { parseArgs } from "node:util";
import next from "next";

// The production web process: Next behind a plain HTTP server that answers REST, the runner protocol and the health
// checks itself, with the very handlers that Next's routes export. A Next route handler costs about ten times the
// processor time of the handler in it (docs/decisions/0005). `next start` alone serves everything too.

/** Longer than the idle time of the proxies in front of it, so that they never use a connection that just closed. */
const KEEP_ALIVE_MS = 65_000;
const DIRECT = /^\/(?:api\/(?:v1|runner)(?:[/?]|$)|(?:healthz|readyz)(?:\?|$))/;

/** @param {string} hostname @param {number} port */
async function serve(hostname, port) {
  // instrumentation.node.ts hands it over once the engine runs; only inside the bundle is there one engine and one router.
  /** @type {Promise<import("node:http").RequestListener>} */
  const started = new Promise((resolve) => {
    globalThis.switchyardStarted = resolve;
  });
  const app = next({ dev: false, dir: import.meta.dirname, hostname, port });
  await app.prepare();
  const pages = app.getRequestHandler();
  const direct = await started;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    if (DIRECT.test(request.url ?? "/")) direct(request, response);
    else void pages(request, response);
  });
  // Nobody new is let in; instrumentation.node.ts ends what is open, and with the last connection the process ends.
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => server.close());
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, hostname, () => resolve(undefined)));
}

// Whoever reads our lines may be killed before us. Every line would then be an uncaught error, which Next reports in
// another line: a process that does nothing else any more.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const { values } = parseArgs({ options: { host: { type: "string" }, port: { type: "string" } } });
try {
  await serve(values.host ?? "127.0.0.1", Number(values.port ?? 3000));
} catch (error) {
  console.error(error);
  process.exit(1);
}
