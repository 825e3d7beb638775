import { execFileSync } from "node:child_process";
import { runCommand } from "./run-command.mjs";

/** @typedef {{ email: string, password: string | null }} Prepared */

/**
 * Migrates the database and creates what is missing in it; a program of its own does it, since it needs TypeScript.
 * @param {import("./settings.mjs").Settings} settings
 * @param {{ databaseUrl: string, apiToken: string, runnerToken: string | null }} given
 * @returns {Promise<Prepared>}
 */
export async function prepareDatabase({ root, init }, { databaseUrl, apiToken, runnerToken }) {
  const wanted = {
    ...init,
    apiTokens: [
      ...(init.apiToken === null ? [] : [{ name: "init", token: init.apiToken }]),
      { name: "npm start", token: apiToken },
    ],
    runners: [
      ...(init.runnerToken === null ? [] : [{ name: "init", token: init.runnerToken }]),
      ...(runnerToken === null ? [] : [{ name: "local", token: runnerToken }]),
    ],
    startsHello: runnerToken !== null,
    repository: repositoryOf(root),
  };
  // By its standard input: arguments are visible to everybody on the machine.
  const output = await runCommand(
    "preparing the database",
    process.execPath,
    ["--import", "tsx", "server/start/init.ts"],
    {
      cwd: root,
      env: { ...process.env, DATABASE_URL: databaseUrl },
      input: JSON.stringify(wanted),
    },
  );
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

/** The git checkout that this copy runs from, or null. */
function repositoryOf(/** @type {string} */ root) {
  try {
    const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return execFileSync("git", ["rev-parse", "--show-toplevel"], options).trim() || null;
  } catch {
    // No git, or not a checkout: the example that needs one says so when it runs.
    return null;
  }
}
