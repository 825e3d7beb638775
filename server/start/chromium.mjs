import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { step } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";

const DISTRIBUTIONS = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** @typedef {{ executable: string } | { executable: null, mend: string }} Chromium */

/**
 * A Chromium that runs: the one in PLAYWRIGHT_CHROMIUM, the distribution's, or Playwright's own, installed when there is
 * none; otherwise the one command that mends it.
 * @param {string} root
 * @returns {Promise<Chromium>}
 */
export async function findChromium(root) {
  const found = await installed();
  if (found !== null) return { executable: found };
  const isDebian = existsSync("/etc/debian_version") && process.getuid?.() === 0;
  try {
    await step("Chromium", () => (isDebian ? installFromDebian(root) : installPlaywrights(root)));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
  }
  const executable = await installed();
  if (executable !== null) return { executable };
  return { executable, mend: isDebian ? "apt-get install -y chromium" : "npx playwright install --with-deps chromium" };
}

/** @param {string} root */
async function installFromDebian(root) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get update", "apt-get", ["update"], { cwd: root, env });
  const args = ["install", "-y", "--no-install-recommends", "chromium"];
  await runCommand("apt-get install chromium", "apt-get", args, { cwd: root, env });
}

/** @param {string} root */
async function installPlaywrights(root) {
  const cli = path.join(root, "node_modules", "playwright", "cli.js");
  await runCommand("playwright install chromium", process.execPath, [cli, "install", "chromium"], { cwd: root });
}

async function installed() {
  const { chromium } = await import("playwright");
  const candidates = [process.env.PLAYWRIGHT_CHROMIUM, ...DISTRIBUTIONS, chromium.executablePath()];
  return candidates.find((file) => file !== undefined && file !== "" && runs(file)) ?? null;
}

/** Whether it is really there: some distributions have a script in its place that only tells where to get it. */
function runs(/** @type {string} */ file) {
  if (!existsSync(file)) return false;
  try {
    return execFileSync(file, ["--version"], { stdio: ["ignore", "pipe", "ignore"], timeout: 30_000 }).length > 0;
  } catch {
    return false;
  }
}
