import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";

/** What the product and the tests of the copy need; only text is copied. */
const COPIED = [
  ...["server", "runner", "prisma", "app", "public", "examples"],
  ...["package.json", "package-lock.json", "tsconfig.json", "prisma.config.ts", "next.config.mjs", "proxy.ts"],
  ...["instrumentation.ts", "instrumentation.node.ts", "postcss.config.mjs", "tailwind.config.ts", "next-env.d.ts"],
];
/** What no patch touches and is large: the same folders. The build is not made of any file that a mutant of `system` changes. */
const LINKED = ["node_modules", "server/db/generated", ".next"];

/** Copies the tree into a new folder, where bugs can be put into it without anybody else seeing them. */
export function copySources(root: string, into: string): void {
  mkdirSync(into, { recursive: true });
  const isLinked = (file: string) => LINKED.includes(path.relative(root, file));
  for (const name of COPIED)
    if (existsSync(path.join(root, name)))
      cpSync(path.join(root, name), path.join(into, name), { recursive: true, filter: (file) => !isLinked(file) });
  for (const name of LINKED)
    if (existsSync(path.join(root, name))) symlinkSync(path.join(root, name), path.join(into, name));
}
