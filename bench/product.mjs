import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson } from "../server/start/data-dir.mjs";
import { freePort } from "../server/start/free-port.mjs";
import { StartError } from "../server/start/progress.mjs";
import { descendants } from "./tree-cpu.mjs";

const FIRST_PORT = 3_900;
const START_WITHIN_MS = 120_000;
const KEPT_OUTPUT = 20_000;
/** The developer's own settings must not reach the server that is measured. */
const NOT_OURS = /^(SWITCHYARD_|DATABASE_URL$|HOST$|PORT$|AUTH_SECRET$|npm_)/;

/**
 * Starts Switchyard as its users do, with a database that is there already and without a runner of its own.
 * @param {string} root the checkout
 * @param {{ dataDir: string, databaseUrl: string }} given
 */
export async function startProduct(root, { dataDir, databaseUrl }) {
  const port = await freePort("127.0.0.1", FIRST_PORT);
  const apiToken = `swy_api_${randomBytes(24).toString("base64url")}`;
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name));
  const launcher = spawn(process.execPath, ["server/start/start.mjs"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...Object.fromEntries(inherited),
      // Empty, so that a .env file of the developer's own does not fill them in.
      HOST: "",
      AUTH_SECRET: "",
      SWITCHYARD_PUBLIC_URL: "",
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      SWITCHYARD_DATA_DIR: dataDir,
      SWITCHYARD_LOCAL_RUNNER: "0",
      SWITCHYARD_INIT_API_TOKEN: apiToken,
      SWITCHYARD_INIT_RUNNER_TOKEN: `swy_run_${randomBytes(24).toString("base64url")}`,
    },
  });
  let output = "";
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.on("data", (part) => {
      output = (output + part).slice(-KEPT_OUTPUT);
    });
  const ended = once(launcher, "exit");
  for (const end = Date.now() + START_WITHIN_MS; readJson(path.join(dataDir, "server.json")) === null; await sleep(50))
    if (launcher.exitCode !== null || Date.now() > end)
      throw new StartError(`${output}\nSwitchyard did not start; its lines above say why.`);
  const launcherPid = launcher.pid ?? 0;
  return {
    port,
    apiToken,
    url: `http://127.0.0.1:${port}`,
    pids: () => ({ launcher: launcherPid, web: [...descendants([launcherPid])].filter((pid) => pid !== launcherPid) }),
    /** The end of what it has printed. */
    output: () => output,
    stop: async () => {
      launcher.kill("SIGTERM");
      await ended;
    },
  };
}
