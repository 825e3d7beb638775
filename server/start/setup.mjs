import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { waitForLock } from "./lock.mjs";
import { StartError, say, step } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";
import { dependencyHash, sourceHash } from "./source-hash.mjs";

const NODE_AT_LEAST = [20, 19];

/** Refuses a Node that the dependencies do not run on, before it fails somewhere less clear. */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [needMajor = 0, needMinor = 0] = NODE_AT_LEAST;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  throw new StartError(`Switchyard needs Node ${NODE_AT_LEAST.join(".")} or newer; this is ${version}.`);
}

/**
 * Does what changes the checkout itself: one launcher at a time, the others wait.
 * @param {string} root
 * @param {() => Promise<void>} work
 */
export async function withCheckout(root, work) {
  const dir = path.join(root, ".switchyard", "setup-lock");
  const onWait = () => say("  · waiting for another npm start or npm test in this folder");
  const release = await waitForLock(dir, onWait).catch((error) => {
    throw new StartError(
      `The folder ${root} cannot be written (${error.code}): it must belong to the account that starts Switchyard.`,
    );
  });
  try {
    await work();
  } finally {
    release();
  }
}

/**
 * Installs what the lockfile names, unless exactly that is already there.
 * @param {string} root
 */
export async function installDependencies(root) {
  const marker = path.join(root, "node_modules", ".switchyard-lock");
  const wanted = dependencyHash(root);
  if (contentOf(marker) === wanted) return;
  await step("dependencies (npm ci)", async () => {
    // Whatever NODE_ENV says: the build and the checks need the development packages.
    const [command, ...prefix] = npmCommand();
    await runCommand("npm ci", command, [...prefix, "ci", "--include=dev", "--no-audit", "--no-fund"], {
      cwd: root,
      env: { ...process.env, NODE_ENV: "development", npm_config_omit: "" },
      show: true,
    });
    writeFileSync(marker, wanted);
  });
}

/**
 * Builds the product, unless it has been built from exactly these sources.
 * @param {string} root
 */
export async function build(root) {
  const marker = path.join(root, ".next", "switchyard-sources");
  const wanted = sourceHash(root);
  const isBuilt = contentOf(marker) === wanted && existsSync(path.join(root, ".next", "BUILD_ID"));
  if (isBuilt && existsSync(path.join(root, "server", "db", "generated", "client.ts"))) return;
  await step("production build (next build)", async () => {
    rmSync(marker, { force: true });
    await generateClient(root);
    await runCommand("next build", process.execPath, ["node_modules/next/dist/bin/next", "build"], {
      cwd: root,
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    });
    writeFileSync(marker, wanted);
  });
}

/**
 * Makes the database client from the schema; needs neither network nor database.
 * @param {string} root
 */
export async function generateClient(root) {
  await runCommand("prisma generate", process.execPath, ["node_modules/prisma/build/index.js", "generate"], {
    cwd: root,
    env: { ...process.env, CHECKPOINT_DISABLE: "1", PRISMA_HIDE_UPDATE_MESSAGE: "1" },
  });
}

/** @returns {[string, ...string[]]} */
function npmCommand() {
  // The npm that runs us, so that a second one on the PATH does not get in the way.
  const npm = process.env.npm_execpath;
  return npm?.endsWith(".js") ? [process.execPath, npm] : ["npm"];
}

/** @param {string} file */
function contentOf(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
