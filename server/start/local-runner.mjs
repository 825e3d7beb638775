import os from "node:os";
import path from "node:path";
import { say } from "./progress.mjs";
import { superviseChild } from "./supervise.mjs";

/** What tasks must never see: the server's secrets, and what npm says about our own start. */
const NOT_FOR_TASKS =
  /^(DATABASE_URL|TEST_DATABASE_URL|AUTH_SECRET|NEXTAUTH_.*|NEXT_.*|PG.*|SWITCHYARD_.*|npm_(?!config_).*|INIT_CWD|HOST|PORT)$/;
const NEEDED_BY_RUNNER = ["SWITCHYARD_GRACE_SECONDS", "SWITCHYARD_LOG_MAX_BYTES"];
/** Steps mostly wait for something else; fewer would make the examples dull on a small machine. */
const SLOTS_AT_LEAST = 4;

/**
 * Starts the runner on this machine and keeps it running.
 * @param {import("./settings.mjs").Settings} settings
 * @param {string} tokenFile
 * @param {(record: import("./supervise.mjs").ProcessRecord) => void} onSpawn
 */
export function startRunner(settings, tokenFile, onSpawn) {
  return superviseChild({
    name: "runner",
    args: [
      ...["--import", "tsx", "runner/main.ts", "--url", settings.localUrl, "--token-file", tokenFile],
      ...["--name", "local", "--labels", `${osLabel()},local`],
      ...["--slots", String(Math.max(SLOTS_AT_LEAST, os.availableParallelism()))],
      ...["--state-dir", path.join(settings.dataDir, "runner")],
    ],
    cwd: settings.root,
    env: runnerEnv(process.env),
    onSpawn,
    // The first signal lets it wait for its steps, the second one tells it to stop them.
    askAgainAfterMs: 300,
    onLine: (line) => say(`  runner │ ${line}`),
  });
}

/** What the runner is given of our environment, and so the most that a task can see of it. */
export function runnerEnv(/** @type {Record<string, string | undefined>} */ env) {
  const entries = Object.entries(env);
  return Object.fromEntries(entries.filter(([name]) => !NOT_FOR_TASKS.test(name) || NEEDED_BY_RUNNER.includes(name)));
}

function osLabel() {
  if (process.platform === "darwin") return "macos";
  return process.platform === "win32" ? "windows" : process.platform;
}
