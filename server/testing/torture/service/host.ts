/**
 * One web process of the service tier: the real engine with its sweeper and the real handlers, on 127.0.0.1. Reads
 * DATABASE_URL, PORT and the settings; prints a line once it listens, and ends when its input does.
 */
import { createServer } from "node:http";
import { nodeListener } from "../../../api/node-listener";
import { handleRest } from "../../../api/rest/router";
import { startEngine, stopEngine } from "../../../engine/engine";

await startEngine();
const server = createServer({ keepAliveTimeout: 60_000 }, nodeListener(handleRest));
server.listen(Number(process.env.PORT), "127.0.0.1", () => process.stdout.write("listening\n"));

async function end(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await stopEngine();
}

// Whoever started it is gone, or wants it to end: an orphan would go on judging leases.
process.stdin.resume().once("end", () => {
  end().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
