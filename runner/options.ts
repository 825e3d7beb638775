import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

export interface RunnerOptions {
  url: string;
  token: string;
  name: string;
  labels: string[];
  slots: number;
  /** Absolute working directories are allowed only below these. */
  roots: string[];
  stateDir: string;
  graceSeconds: number;
  logMaxBytes: number;
}

/** A wrong flag or variable; the message is one sentence for a person. */
export class OptionsError extends Error {}

const LABEL = /^[^\s,]{1,63}$/;

/** Reads flags and variables, flags first; throws OptionsError with one sentence for whatever cannot be used. */
export function parseOptions(argv: string[], env: NodeJS.ProcessEnv): RunnerOptions {
  const flags = parseFlags(argv);
  const url = parseUrl(flags.url ?? env.SWITCHYARD_URL);
  const token = readToken(flags["token-file"], env);
  const labels = (flags.labels ?? process.platform)
    .split(",")
    .map((label) => label.trim())
    .filter((label) => label !== "");
  const badLabel = labels.find((label) => !LABEL.test(label));
  if (badLabel !== undefined)
    throw new OptionsError(`--labels: "${badLabel}" is not a label of 1 to 63 characters without spaces.`);
  const stateDir = flags["state-dir"] ?? defaultStateDir(url, token, env);
  return {
    url,
    token,
    name: flags.name ?? hostname(),
    labels: [...new Set(labels)],
    slots: parseNumber("--slots", flags.slots, availableParallelism(), { integer: true, min: 1, max: 10_000 }),
    roots: (flags.root ?? []).map((root) => path.resolve(root)),
    stateDir: path.resolve(stateDir),
    graceSeconds: parseNumber("--grace-seconds", flags["grace-seconds"] ?? env.SWITCHYARD_GRACE_SECONDS, 10, {
      min: 0,
      max: 86_400,
    }),
    logMaxBytes: parseNumber("SWITCHYARD_LOG_MAX_BYTES", env.SWITCHYARD_LOG_MAX_BYTES, 67_108_864, {
      integer: true,
      min: 0,
      max: 2 ** 40,
    }),
  };
}

function parseFlags(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        url: { type: "string" },
        "token-file": { type: "string" },
        labels: { type: "string" },
        slots: { type: "string" },
        name: { type: "string" },
        root: { type: "string", multiple: true },
        "state-dir": { type: "string" },
        "grace-seconds": { type: "string" },
      },
    }).values;
  } catch (error) {
    const text = error instanceof Error ? (error.message.split(". ")[0] ?? error.message) : String(error);
    throw new OptionsError(
      `${text.replace(/\.$/, "")}. Known flags: --url, --token-file, --labels, --slots, --name, --root, --state-dir, --grace-seconds.`,
    );
  }
}

function parseUrl(value: string | undefined): string {
  if (!value) throw new OptionsError("Say where the server is: --url http://host:3000 or SWITCHYARD_URL.");
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new OptionsError(`--url: "${value}" is not an http or https address.`);
  }
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

function readToken(file: string | undefined, env: NodeJS.ProcessEnv): string {
  let token = env.SWITCHYARD_RUNNER_TOKEN?.trim() ?? "";
  if (file !== undefined) {
    try {
      token = readFileSync(file, "utf8").trim();
    } catch (error) {
      throw new OptionsError(
        `--token-file: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? "error"}).`,
      );
    }
    if (token === "") throw new OptionsError(`--token-file: ${file} is empty.`);
  }
  if (token === "") throw new OptionsError("Give the runner's token: --token-file <file> or SWITCHYARD_RUNNER_TOKEN.");
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new OptionsError("The runner's token has characters that a token cannot have.");
  return token;
}

/** Tells one runner of one server from every other, without showing its token. */
export function identityOf(url: string, token: string): string {
  return createHash("sha256").update(`${url}\n${token}`).digest("hex").slice(0, 16);
}

function defaultStateDir(url: string, token: string, env: NodeJS.ProcessEnv): string {
  return path.join(env.SWITCHYARD_DATA_DIR || ".switchyard", `runner-${identityOf(url, token)}`);
}

function parseNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  rule: { integer?: boolean; min: number; max: number },
): number {
  if (text === undefined || text.trim() === "") return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < rule.min || value > rule.max || (rule.integer && !Number.isInteger(value))) {
    throw new OptionsError(
      `${name}: "${text}" is not ${rule.integer ? "a whole number" : "a number"} from ${rule.min} to ${rule.max}.`,
    );
  }
  return value;
}
