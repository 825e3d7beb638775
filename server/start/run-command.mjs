import { spawn } from "node:child_process";
import { StartError } from "./progress.mjs";

/** Output beyond this is forgotten, oldest first; only the end of it is ever shown. */
const KEPT_CHARACTERS = 20_000;

/**
 * Runs a command to its end; when it fails, says so in one sentence under the end of its output.
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, show?: boolean, input?: string }} options
 * @returns {Promise<string>} its standard output, unless it was shown
 */
export async function runCommand(what, command, args, { cwd, env = process.env, show = false, input = "" }) {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["pipe", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
  });
  let output = "";
  let all = "";
  const keep = (/** @type {Buffer} */ data) => {
    all = (all + data.toString()).slice(-KEPT_CHARACTERS);
  };
  child.stdout?.on("data", (data) => {
    output += data.toString();
    keep(data);
  });
  child.stderr?.on("data", keep);
  // A command that does not read its input may have gone before it is written.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  const forward = () => child.kill("SIGTERM");
  process.once("SIGINT", forward).once("SIGTERM", forward).once("SIGHUP", forward);
  try {
    const [code, signal] = await new Promise((resolve, reject) => {
      child.once("error", (error) => reject(new StartError(`${what} could not be started: ${error.message}`)));
      child.once("close", (...ended) => resolve(ended));
    });
    if (code === 0) return output;
    throw new CommandError(`${all.trimEnd()}\n\n${what} failed (${signal ?? `exit code ${code}`}).`.trimStart(), code);
  } finally {
    process.off("SIGINT", forward).off("SIGTERM", forward).off("SIGHUP", forward);
  }
}

/** A command that ended with something other than 0. */
export class CommandError extends StartError {
  /** @param {string} message @param {number | null} code */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}
