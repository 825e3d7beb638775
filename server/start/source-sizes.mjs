import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const FOLDERS = ["app", "server", "runner", "e2e", "bench"];
const NOT_OURS = ["generated", "node_modules"];

/**
 * Median, nine-in-ten and the five largest of the source files, in lines.
 * @param {string} root
 */
export function sourceSizes(root) {
  const files = FOLDERS.flatMap((folder) => sourcesIn(root, folder))
    .map((file) => ({ file, lines: readFileSync(path.join(root, file), "utf8").split("\n").length - 1 }))
    .sort((a, b) => a.lines - b.lines);
  const at = (/** @type {number} */ share) =>
    files[Math.min(files.length - 1, Math.floor(files.length * share))]?.lines ?? 0;
  const largest = files.slice(-5).reverse();
  return [
    `${files.length} source files: median ${at(0.5)} lines, nine in ten up to ${at(0.9)}; the largest:`,
    ...largest.map(({ file, lines }) => `  ${String(lines).padStart(4)}  ${file}`),
  ].join("\n");
}

/** @param {string} root @param {string} folder @returns {string[]} */
function sourcesIn(root, folder) {
  let entries;
  try {
    entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch (error) {
    // Not every folder exists from the beginning.
    if (error.code === "ENOENT") return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : sourcesIn(root, name);
    return /\.(tsx?|mjs|css)$/.test(entry.name) ? [name] : [];
  });
}
