import { cpSync, existsSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";

/** What no patch touches and is large: the same folders. The build is not made of any file that a mutant of `system` changes. */
const LINKED = ["node_modules", "server/db/generated", ".next"];
/** Neither the product nor its torture reads them. */
const LEFT_OUT = ["bench", "docs", "e2e", "node_modules", "test-results", "playwright-report"];

/** Copies the tree into a new folder, where bugs can be put into it without anybody else seeing them. */
export function copySources(root: string, into: string): void {
  const isLinked = (file: string) => LINKED.includes(path.relative(root, file));
  for (const name of readdirSync(root))
    if (!name.startsWith(".") && !LEFT_OUT.includes(name))
      cpSync(path.join(root, name), path.join(into, name), { recursive: true, filter: (file) => !isLinked(file) });
  for (const name of LINKED)
    if (existsSync(path.join(root, name))) symlinkSync(path.join(root, name), path.join(into, name));
}
