import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkDatabase } from "./check-database.mjs";
import { endOrphans, noteChild } from "./children.mjs";
import { keptSecret, openDataDir, writePrivate } from "./data-dir.mjs";
import { embeddedPostgres } from "./embedded-postgres.mjs";
import { whyNotFree } from "./free-port.mjs";
import { startRunner } from "./local-runner.mjs";
import { lockOwner, tryLock } from "./lock.mjs";
import { prepareDatabase } from "./prepare-database.mjs";
import { StartError, say, step } from "./progress.mjs";
import { loadEnvFile, readSettings } from "./settings.mjs";
import { build, checkNode, generateClient, installDependencies, withCheckout } from "./setup.mjs";
import { onShutdown, shutDownOnSignals } from "./shutdown.mjs";
import { superviseDaemon } from "./supervise.mjs";
import { startWeb } from "./web.mjs";

const root = path.resolve(import.meta.dirname, "../..");
/** Web and runner have this long to end by themselves; the database gets what is left of five seconds. */
const CHILDREN_STOP_MS = 2_400;
/** A killed process counts as gone when its first thread is; the others may hold its port for a moment longer. */
const PORT_RELEASED_MS = 5_000;

/**
 * Starts everything and keeps it running until Ctrl-C.
 * @param {"start" | "dev"} mode
 */
export async function launch(mode) {
  checkNode();
  loadEnvFile(root);
  const settings = readSettings(root, process.env);
  const { dataDir } = settings;
  shutDownOnSignals(0);
  say("Switchyard");
  openDataDir(dataDir);
  await takeDataDir(dataDir);
  const hasEndedOrphans = await endOrphans(dataDir);
  await checkPort(settings, hasEndedOrphans ? PORT_RELEASED_MS : 0);
  await withCheckout(root, () => installDependencies(root));
  const databaseUrl = await startDatabase(settings);
  await withCheckout(root, () => (mode === "start" ? build(root) : generateClient(root)));

  const secrets = {
    auth: settings.authSecret ?? keptSecret(path.join(dataDir, "auth-secret")),
    apiToken: keptSecret(path.join(dataDir, "api-token"), "swy_api_"),
    runnerTokenFile: path.join(dataDir, "runner-token"),
  };
  const runnerToken = settings.hasLocalRunner ? keptSecret(secrets.runnerTokenFile, "swy_run_") : null;
  const prepared = await step("migrations and first contents", () =>
    prepareDatabase(settings, { databaseUrl, apiToken: secrets.apiToken, runnerToken }),
  );

  const onSpawn = (/** @type {string} */ name) => (/** @type {import("./supervise.mjs").ProcessRecord} */ record) =>
    noteChild(dataDir, name, record);
  const web = await startWeb(mode, settings, { databaseUrl, authSecret: secrets.auth, onSpawn: onSpawn("web") });
  const children = [web];
  if (runnerToken !== null) children.push(startRunner(settings, secrets.runnerTokenFile, onSpawn("runner")));
  onShutdown(async () => {
    rmSync(path.join(dataDir, "server.json"), { force: true });
    await Promise.all(children.map((child) => child.stop(CHILDREN_STOP_MS)));
  });
  await web.ready();
  writePrivate(
    path.join(dataDir, "server.json"),
    `${JSON.stringify({ url: settings.localUrl, token: secrets.apiToken })}\n`,
  );
  greet(settings, prepared);
}

/** @param {string} dataDir */
async function takeDataDir(dataDir) {
  const dir = path.join(dataDir, "lock");
  const release = tryLock(dir);
  if (release === null)
    throw new StartError(
      `Switchyard already runs in ${dataDir} (process ${lockOwner(dir)}): stop it, or give this one its own SWITCHYARD_DATA_DIR.`,
    );
  onShutdown(release);
}

/**
 * @param {import("./settings.mjs").Settings} settings
 * @param {number} waitMs
 */
async function checkPort({ host, port }, waitMs) {
  const end = Date.now() + waitMs;
  let problem = await whyNotFree(host, port);
  for (; problem?.code === "EADDRINUSE" && Date.now() < end; problem = await whyNotFree(host, port)) await sleep(50);
  if (problem === null) return;
  const advice = `choose another with PORT=${port + 1}`;
  if (problem.code === "EADDRINUSE")
    throw new StartError(`Port ${port} on ${host} is taken: stop what listens there, or ${advice}.`);
  throw new StartError(`Switchyard cannot listen on ${host} port ${port} (${problem.code}): set HOST, or ${advice}.`);
}

/** @param {import("./settings.mjs").Settings} settings */
async function startDatabase({ databaseUrl, dataDir }) {
  if (databaseUrl !== null) {
    await step("database of DATABASE_URL", () => checkDatabase(databaseUrl));
    return databaseUrl;
  }
  const postgres = embeddedPostgres(path.join(dataDir, "postgres"));
  onShutdown(() => postgres.stop());
  await step("embedded PostgreSQL", () => postgres.start());
  const watch = superviseDaemon({
    name: "PostgreSQL",
    // Not by a connection: each would be a process of PostgreSQL, twice a second, for ever.
    isUp: postgres.isRunning,
    // The web process knows the address: it must not change any more.
    start: () => postgres.start({ mayMove: false }),
  });
  onShutdown(() => watch.stop());
  return postgres.url();
}

/**
 * @param {import("./settings.mjs").Settings} settings
 * @param {import("./prepare-database.mjs").Prepared} prepared
 */
function greet({ publicUrl, dataDir }, { email, password }) {
  say();
  say(`  Switchyard is at  ${publicUrl}`);
  say(`  e-mail            ${email}`);
  if (password !== null) say(`  password          ${password}   (shown this once: keep it)`);
  say(`  for programs      ${path.join(dataDir, "server.json")}`);
  say();
  say("  Ctrl-C stops everything.");
}
