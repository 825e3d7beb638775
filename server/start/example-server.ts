import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson } from "./data-dir.mjs";
import type { Address } from "./example-client";
import { startedAt } from "./process-table.mjs";
import { StartError, say } from "./progress.mjs";
import { onShutdown } from "./shutdown.mjs";
import { endProcess } from "./supervise.mjs";

/** A server that is just being restarted answers again within this. */
const PATIENCE_MS = 5_000;
const POLL_MS = 200;
const STOP_MS = 15_000;

/** The server to talk to: the one of the environment, the one that runs here, or one that ends with this command. */
export async function findServer(root: string, env: NodeJS.ProcessEnv): Promise<Address> {
  const { SWITCHYARD_URL: url, SWITCHYARD_API_TOKEN: token } = env;
  const file = path.join(path.resolve(root, env.SWITCHYARD_DATA_DIR || ".switchyard"), "server.json");
  const noted = addressIn(file);
  if (url) {
    const known = token || (noted?.url === url ? noted.token : undefined);
    if (!known) throw new StartError("SWITCHYARD_URL is set; set SWITCHYARD_API_TOKEN to a token of that server, too.");
    return { url: url.replace(/\/+$/, ""), token: known };
  }
  if (noted !== null) {
    const address = { ...noted, token: token || noted.token };
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(POLL_MS))
      if (await isUp(address)) return address;
    // Left behind by a server that was killed: what is written next is of the new one.
    rmSync(file, { force: true });
  }
  return startServer(root, file, env);
}

async function startServer(root: string, file: string, env: NodeJS.ProcessEnv): Promise<Address> {
  say("No server is running: starting one; it is stopped at the end.");
  const start = path.join(root, "server/start/start.mjs");
  // A group of its own, so that Ctrl-C ends the run first and the server after it.
  const child = spawn(process.execPath, [start], {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
  });
  let ended: string | null = null;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code, signal) => {
    ended = signal ?? `exit code ${code}`;
  });
  const { pid } = child;
  if (pid !== undefined) {
    const record = { pid, startedAt: startedAt(pid) };
    onShutdown(() => endProcess(record, { withinMs: STOP_MS }));
  }
  for (;;) {
    if (ended !== null) throw new StartError(`The server did not start (${ended}).`);
    const address = addressIn(file);
    if (address !== null && (await isUp(address))) return address;
    await sleep(POLL_MS);
  }
}

function addressIn(file: string): Address | null {
  const noted: { url?: unknown; token?: unknown } | null = readJson(file);
  return typeof noted?.url === "string" && typeof noted.token === "string"
    ? { url: noted.url, token: noted.token }
    : null;
}

async function isUp({ url }: Address): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    // Not listening, or not yet.
    return false;
  }
}
