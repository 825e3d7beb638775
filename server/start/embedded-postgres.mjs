import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { keptSecret, writePrivate } from "./data-dir.mjs";
import { freePort, whyNotFree } from "./free-port.mjs";
import { postgresBinaries, postgresCommand, runsAsOtherAccount } from "./postgres-binaries.mjs";
import { disownZombie, isRunning, isUp, readPostmaster } from "./postmaster.mjs";
import { StartError } from "./progress.mjs";

const run = promisify(execFile);
/** Off the usual 5432, so that a PostgreSQL of the machine's own is not in the way. */
const FIRST_PORT = 54_329;
const LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];

/**
 * The PostgreSQL that lives in a folder: a daemon of its own, reached over loopback with a random password, on the same
 * port for as long as the folder exists. `start` returns at once when it already runs.
 * @param {string} dir
 */
export function embeddedPostgres(dir) {
  const data = path.join(dir, "data");
  const url = (/** @type {string} */ user, /** @type {string} */ database) =>
    `postgresql://${user}:${keptSecret(path.join(dir, `${user}-password`))}@127.0.0.1:${keptPort(dir)}/${database}`;
  return {
    /** Whether its process is there and was ready; asks it nothing, so that it can be asked often. */
    isRunning: () => isRunning(data),
    /** `mayMove`: to another port when somebody else has taken the kept one. */
    start: async ({ mayMove = true } = {}) => {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      if (!existsSync(path.join(data, "PG_VERSION"))) await createCluster(dir, data);
      await startServer(dir, data, mayMove);
      await createDatabase(url("postgres", "postgres"), keptSecret(path.join(dir, "switchyard-password")));
    },
    /** What the product connects with: the owner of its database and nothing more. */
    url: () => url("switchyard", "switchyard"),
    superuserUrl: () => url("postgres", "postgres"),
    stop: () => stopServer(dir, data),
  };
}

/** @typedef {ReturnType<typeof embeddedPostgres>} EmbeddedPostgres */

/** @param {string} dir @param {string} data */
async function createCluster(dir, data) {
  const { initdb } = await postgresBinaries();
  // Renaming is all or nothing: a start that was killed half-way leaves no half-made cluster behind.
  const fresh = `${data}.${randomBytes(4).toString("hex")}`;
  const passwordFile = path.join(dir, "postgres-password");
  keptSecret(passwordFile);
  const forOther = await runsAsOtherAccount();
  if (forOther) chmodSync(passwordFile, 0o644);
  const args = ["-D", fresh, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, ...LOCALE];
  const initial = await postgresCommand(dir, initdb, [...args, "--no-instructions"]);
  try {
    await run(initial.command, initial.args, initial.options);
    renameSync(fresh, data);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw new StartError(
      `The embedded PostgreSQL could not be set up: ${String(error.stderr || error.message).trim()}`,
    );
  } finally {
    if (forOther) chmodSync(passwordFile, 0o600);
  }
}

/** @param {string} dir @param {string} data @param {boolean} mayMove */
async function startServer(dir, data, mayMove) {
  const { pg_ctl } = await postgresBinaries();
  const log = path.join(dir, "log");
  for (let attempt = 0; attempt < 5; attempt++) {
    const postmaster = readPostmaster(data);
    if (postmaster?.isAlive) {
      if (await becomesReady(data, 30_000)) return keepPort(dir, postmaster.port);
      continue;
    }
    if (postmaster?.isZombie) disownZombie(data);
    const port = await choosePort(dir, mayMove && attempt > 2);
    const server = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c shared_buffers=128MB`;
    const { command, args, options } = await postgresCommand(dir, pg_ctl, [
      ...["-D", data, "-w", "-t", "60", "-l", log, "-o", server, "start"],
    ]);
    // The daemon must not inherit our pipes, or whoever reads them never sees their end; and a group of its own keeps
    // the terminal's Ctrl-C away from it.
    const child = spawn(command, args, { ...options, stdio: "ignore", detached: true });
    await new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
    if (await becomesReady(data, 2_000)) return keepPort(dir, port);
    // What is left of a killed server needs a moment to notice.
    await sleep(200 * 2 ** attempt);
  }
  throw new StartError(`The embedded PostgreSQL did not start; ${log} says why.`);
}

/** @param {string} url @param {string} password */
async function createDatabase(url, password) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'switchyard'");
    if (rows.length > 0) return;
    const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'switchyard'");
    // The password is base64url, so quoting it is safe; CREATE ROLE takes no parameters.
    if (role.rows.length === 0) await client.query(`CREATE ROLE switchyard LOGIN PASSWORD '${password}'`);
    await client.query("CREATE DATABASE switchyard OWNER switchyard");
  } finally {
    await client.end();
  }
}

/** @param {string} dir @param {string} data */
async function stopServer(dir, data) {
  const { pg_ctl } = await postgresBinaries();
  for (const [mode, seconds] of [
    ["fast", "2"],
    ["immediate", "2"],
  ]) {
    if (!readPostmaster(data)?.isAlive) return;
    const args = ["-D", data, "-w", "-t", seconds, "-m", mode, "stop"];
    const { command, args: wrapped, options } = await postgresCommand(dir, pg_ctl, args);
    // It fails when the server is not down in time; the next turn asks more firmly, and the last one says so.
    await run(command, wrapped, options).catch((error) => {
      if (mode === "immediate" && readPostmaster(data)?.isAlive) throw error;
    });
  }
}

/** @param {string} data @param {number} forMs */
async function becomesReady(data, forMs) {
  for (const end = Date.now() + forMs; Date.now() < end; await sleep(50)) {
    if (await isUp(data)) return true;
    if (!readPostmaster(data)?.isAlive) return false;
  }
  return false;
}

/**
 * The kept port, or a new one when there is none yet or it may move away from somebody else's.
 * @param {string} dir
 * @param {boolean} mayMove
 */
async function choosePort(dir, mayMove) {
  const kept = keptPort(dir);
  if (kept !== null && (!mayMove || (await whyNotFree("127.0.0.1", kept)) === null)) return kept;
  const port = await freePort("127.0.0.1", FIRST_PORT);
  keepPort(dir, port);
  return port;
}

/** @param {string} dir */
function keptPort(dir) {
  const file = path.join(dir, "port");
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : null;
}

/** @param {string} dir @param {number} port */
function keepPort(dir, port) {
  if (keptPort(dir) !== port) writePrivate(path.join(dir, "port"), `${port}\n`);
}
