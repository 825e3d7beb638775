import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** Everything that the production build is made of. */
const BUILT_FROM = [
  "app",
  "server",
  "runner/protocol.ts",
  "prisma/schema.prisma",
  "public",
  "instrumentation.ts",
  "instrumentation.node.ts",
  "proxy.ts",
  "next.config.mjs",
  "postcss.config.mjs",
  "tailwind.config.ts",
  "prisma.config.ts",
  "tsconfig.json",
  "package-lock.json",
];
const NOT_BUILT = /^server\/(start|testing|db\/generated)(\/|$)|\.test\.tsx?$|~$|\.swp$/;

/**
 * The same text as long as no file that the build reads has changed.
 * @param {string} root
 */
export function sourceHash(root) {
  const hash = createHash("sha256").update(process.versions.node.split(".")[0] ?? "");
  for (const file of BUILT_FROM.flatMap((entry) => filesOf(root, entry))) {
    const content = readFileSync(path.join(root, file));
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * The lockfile and whatever else decides what `npm ci` installs.
 * @param {string} root
 */
export function dependencyHash(root) {
  return createHash("sha256")
    .update(readFileSync(path.join(root, "package-lock.json")))
    .update(`${process.platform} ${process.arch} ${process.versions.modules}`)
    .digest("hex");
}

/** @param {string} root @param {string} entry @returns {string[]} */
function filesOf(root, entry) {
  const full = path.join(root, entry);
  if (NOT_BUILT.test(entry) || !existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [entry];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesOf(root, `${entry}/${name}`));
}
