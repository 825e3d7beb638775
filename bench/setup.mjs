import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { step } from "../server/start/progress.mjs";
import { runCommand } from "../server/start/run-command.mjs";

/**
 * Installs what the product is compared with, unless exactly that is already there.
 * @param {string} dir the folder of the benchmark
 */
export async function installPeers(dir) {
  const marker = path.join(dir, "node_modules", ".bench-lock");
  const wanted = readFileSync(path.join(dir, "package-lock.json"), "utf8");
  if (contentOf(marker) === wanted) return;
  await step("the benchmark's own dependencies (npm ci)", async () => {
    await runCommand("npm ci", "npm", ["ci", "--no-audit", "--no-fund"], { cwd: dir });
    writeFileSync(marker, wanted);
  });
}

/** @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}
