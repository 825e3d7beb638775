import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson } from "./data-dir.mjs";
import { embeddedPostgres } from "./embedded-postgres.mjs";
import { freePort } from "./free-port.mjs";
import { StartError, say, step } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";
import { onShutdown } from "./shutdown.mjs";
import { countPlaywright } from "./tally.mjs";

const FIRST_PORT = 3_200;
const NOT_OURS = [
  ...["DATABASE_URL", "HOST", "AUTH_SECRET", "SWITCHYARD_PUBLIC_URL"],
  ...["SWITCHYARD_LOCAL_RUNNER", "SWITCHYARD_INIT_RUNNER_TOKEN"],
];
const START_WITHIN_MS = 120_000;

/**
 * Runs e2e/ in a real browser against a real server with its own database and runner, started as `npm start` does it.
 * @param {string} root
 * @param {string} scratch a folder that is removed afterwards
 * @param {import("./chromium.mjs").Chromium} chromium
 */
export async function runBrowserTests(root, scratch, chromium) {
  if (
    !existsSync(path.join(root, "e2e")) ||
    !readdirSync(path.join(root, "e2e")).some((name) => name.endsWith(".spec.ts"))
  )
    return { passed: 0, failed: 0 };
  const report = path.join(root, "test-results", "e2e.json");
  rmSync(report, { force: true });
  const playwright = [path.join(root, "node_modules", "@playwright", "test", "cli.js"), "test"];
  if (chromium.executable === null) {
    const listed = await runCommand("playwright test --list", process.execPath, [...playwright, "--list"], {
      cwd: root,
    });
    say(`  ✗ there is no Chromium for the browser tests; this mends it:\n\n    ${chromium.mend}\n`);
    return { passed: 0, failed: Number(/Total: (\d+) tests?/.exec(listed)?.[1] ?? 1) };
  }
  const server = await startServer(root, path.join(scratch, "e2e"));
  let endedWell = true;
  try {
    await runCommand("playwright test", process.execPath, playwright, {
      cwd: root,
      env: { ...process.env, ...server.env, PLAYWRIGHT_CHROMIUM: chromium.executable },
      show: true,
    });
  } catch {
    // Playwright has shown what failed; its report is counted below.
    endedWell = false;
  } finally {
    await server.stop();
  }
  return countPlaywright(report, endedWell);
}

/** @param {string} root @param {string} dataDir */
async function startServer(root, dataDir) {
  const port = await freePort("127.0.0.1", FIRST_PORT);
  const account = { email: "owner@example.com", password: randomBytes(12).toString("base64url") };
  const apiToken = randomBytes(24).toString("base64url");
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("SWITCHYARD_"));
  const child = spawn(process.execPath, ["server/start/start.mjs"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...Object.fromEntries(inherited),
      // Empty, so that a .env file of the developer's own cannot point the tests at another database.
      ...Object.fromEntries(NOT_OURS.map((name) => [name, ""])),
      PORT: String(port),
      SWITCHYARD_DATA_DIR: dataDir,
      SWITCHYARD_GRACE_SECONDS: "2",
      SWITCHYARD_INIT_ADMIN_EMAIL: account.email,
      SWITCHYARD_INIT_ADMIN_PASSWORD: account.password,
      SWITCHYARD_INIT_API_TOKEN: apiToken,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      output = (output + data).slice(-20_000);
    });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  onShutdown(stop);
  await step("server for the browser tests", async () => {
    for (
      const end = Date.now() + START_WITHIN_MS;
      readJson(path.join(dataDir, "server.json")) === null;
      await sleep(100)
    )
      if (child.exitCode !== null || Date.now() > end)
        throw new StartError(`${output}\nThe server for the browser tests did not start.`);
  });
  return {
    stop,
    env: {
      E2E_URL: `http://127.0.0.1:${port}`,
      E2E_EMAIL: account.email,
      E2E_PASSWORD: account.password,
      E2E_API_TOKEN: apiToken,
      // For what has no page yet, such as members with other roles.
      E2E_DATABASE_URL: embeddedPostgres(path.join(dataDir, "postgres")).url(),
    },
  };
}
