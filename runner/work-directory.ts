import { createHash } from "node:crypto";
import { mkdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { codeOf } from "./say";

/** A step cannot be started as it is; the message says why. */
export class StartError extends Error {}

/** A file name for an attempt's id, which is any text that the server chose. */
export function fileNameOf(attemptId: string): string {
  return /^[A-Za-z0-9_-]{1,80}$/.test(attemptId) ? attemptId : createHash("sha256").update(attemptId).digest("hex");
}

/** Makes the attempt's fresh directory and answers where the step starts; throws StartError for a place it may not use. */
export function prepareDirectory(fresh: string, wanted: string | undefined, roots: string[]): string {
  makeDirectory(fresh);
  if (wanted === undefined || wanted === "") return fresh;
  if (!path.isAbsolute(wanted)) {
    const directory = path.resolve(fresh, wanted);
    if (!isInside(directory, fresh))
      throw new StartError(`working-directory "${wanted}" leads out of the task's own directory`);
    mkdirSync(directory, { recursive: true });
    return directory;
  }
  let real: string;
  try {
    real = realpathSync(wanted);
  } catch (error) {
    throw new StartError(`working-directory "${wanted}" cannot be used (${codeOf(error) ?? "error"})`);
  }
  if (!statSync(real).isDirectory()) throw new StartError(`working-directory "${wanted}" is not a directory`);
  if (!roots.some((root) => isInside(real, realRoot(root)))) {
    throw new StartError(`working-directory "${wanted}" is not below a --root of this runner`);
  }
  return real;
}

function makeDirectory(fresh: string): void {
  try {
    mkdirSync(fresh, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    mkdirSync(path.dirname(fresh), { recursive: true });
    mkdirSync(fresh, { mode: 0o700 });
  }
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    // A root that does not exist has nothing below it.
    return root;
  }
}

function isInside(directory: string, root: string): boolean {
  const relative = path.relative(root, directory);
  return relative === "" || (relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}
