import { existsSync } from "node:fs";
import path from "node:path";
import { StartError } from "./progress.mjs";

/** What a token may look like: it has to fit into an Authorization header. */
const TOKEN = /^[\x21-\x7e]{16,200}$/;

/**
 * Reads a .env file beside package.json, if there is one; what the environment already says wins.
 * @param {string} root
 */
export function loadEnvFile(root) {
  const file = path.join(root, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
}

/**
 * What the environment asks for, checked.
 * @param {string} root
 * @param {Record<string, string | undefined>} env
 */
export function readSettings(root, env) {
  const host = env.HOST || "127.0.0.1";
  const port = Number(env.PORT || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new StartError(`PORT must be a number from 1 to 65535, not ${JSON.stringify(env.PORT)}.`);
  return {
    root,
    host,
    port,
    publicUrl: publicUrl(env.SWITCHYARD_PUBLIC_URL || `http://${inUrl(host)}:${port}`),
    /** Where this machine itself reaches the server. */
    localUrl: `http://${inUrl(localHost(host))}:${port}`,
    databaseUrl: env.DATABASE_URL || null,
    dataDir: path.resolve(root, env.SWITCHYARD_DATA_DIR || ".switchyard"),
    hasLocalRunner: (env.SWITCHYARD_LOCAL_RUNNER || "1") !== "0",
    authSecret: env.AUTH_SECRET || null,
    init: {
      adminEmail: env.SWITCHYARD_INIT_ADMIN_EMAIL || null,
      adminPassword: env.SWITCHYARD_INIT_ADMIN_PASSWORD || null,
      apiToken: token("SWITCHYARD_INIT_API_TOKEN", env.SWITCHYARD_INIT_API_TOKEN),
      runnerToken: token("SWITCHYARD_INIT_RUNNER_TOKEN", env.SWITCHYARD_INIT_RUNNER_TOKEN),
    },
  };
}

/** @typedef {ReturnType<typeof readSettings>} Settings */

/** @param {string} name @param {string | undefined} text */
function token(name, text) {
  if (!text) return null;
  if (!TOKEN.test(text)) throw new StartError(`${name} must be 16 to 200 printable characters without spaces.`);
  return text;
}

/** @param {string} text */
function publicUrl(text) {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new StartError(`SWITCHYARD_PUBLIC_URL must be an http or https address, not ${JSON.stringify(text)}.`);
  return text.replace(/\/+$/, "");
}

/** @param {string} host */
function localHost(host) {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/** @param {string} host */
function inUrl(host) {
  return host.includes(":") ? `[${host}]` : host;
}
