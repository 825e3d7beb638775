import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StartError } from "./progress.mjs";

/**
 * Makes the data directory and proves that it can be written.
 * @param {string} dir
 */
export function openDataDir(dir) {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const probe = path.join(dir, `.probe.${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw new StartError(
      `The data directory ${dir} cannot be written (${error.code}): mend it, or choose another with SWITCHYARD_DATA_DIR.`,
    );
  }
}

/**
 * Writes a file that only its owner can read, whole or not at all.
 * @param {string} file
 * @param {string} content
 */
export function writePrivate(file, content) {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, content, { mode: 0o600 });
  renameSync(fresh, file);
}

/**
 * The text in the file; at first a random one.
 * @param {string} file
 * @param {string} [prefix]
 */
export function keptSecret(file, prefix = "") {
  if (!existsSync(file)) writePrivate(file, `${prefix}${randomBytes(32).toString("base64url")}\n`);
  return readFileSync(file, "utf8").trim();
}

/**
 * The JSON in the file, or null when there is none that can be read.
 * @param {string} file
 */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}
