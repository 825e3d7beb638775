import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const wrong: [file: string, specifier: string][] = [
  ["server/core/rollup.ts", "../db/pool"],
  ["server/core/rollup.ts", "node:crypto"],
  ["server/core/rollup.ts", "@/server/engine/claim-attempt"],
  ["server/engine/claim-attempt.ts", "next/server"],
  ["server/engine/claim-attempt.ts", "react"],
  ["server/engine/claim-attempt.ts", "@trpc/server"],
  ["server/engine/claim-attempt.ts", "next-auth"],
  ["server/engine/claim-attempt.ts", "../read/run-page"],
  ["server/engine/claim-attempt.ts", "@/server/api/error-map"],
  ["server/engine/claim-attempt.ts", "../../runner/main"],
  ["server/engine/claim-attempt.ts", "../testing/factories"],
  ["server/read/run-page.ts", "../engine/engine"],
  ["server/read/run-page.ts", "next/headers"],
  ["server/auth/session.ts", "../engine/engine"],
  ["server/auth/session.ts", "@/app/layout"],
  ["server/api/runs.ts", "pg"],
  ["server/api/runs.ts", "@/server/testing/factories"],
  ["server/api/runs.ts", "@/runner/main"],
  ["server/db/pool.ts", "../engine/engine"],
  ["server/db/pool.ts", "../core/status"],
  ["server/start/init.ts", "../read/run-page"],
  ["server/start/init.ts", "../api/error-map"],
  ["app/page.tsx", "@/server/engine/engine"],
  ["app/page.tsx", "@/server/db/pool"],
  ["app/page.tsx", "../server/engine/engine"],
  ["app/page.tsx", "@/runner/main"],
  ["runner/main.ts", "@/server/core/status"],
  ["runner/main.ts", "../server/errors"],
  ["runner/main.ts", "pg"],
  ["runner/main.ts", "@/app/layout"],
];

const forms = [
  'export type { A } from "../db/pool";',
  'export * from "../db/pool";',
  'export const a = import("../db/pool");',
  'import type { A } from "../db/pool";\nexport type B = A;',
];

const right: [file: string, specifier: string][] = [
  ["server/core/rollup.ts", "./status"],
  ["server/core/workflow-format.ts", "zod"],
  ["server/engine/claim-attempt.ts", "../core/status"],
  ["server/engine/claim-attempt.ts", "@/runner/protocol"],
  ["server/engine/claim-attempt.ts", "pg"],
  ["server/read/run-page.ts", "@/server/db/pool"],
  ["server/auth/session.ts", "next-auth"],
  ["server/api/runs.ts", "@/server/engine/engine"],
  ["server/api/runner/sync.ts", "../../../runner/protocol"],
  ["server/start/init.ts", "../auth/password"],
  ["app/page.tsx", "@/server/read/runs-list"],
  ["app/page.tsx", "@/server/core/status"],
  ["app/api/runner/sync/route.ts", "@/server/api/runner/sync"],
  ["runner/main.ts", "./protocol"],
  ["runner/main.ts", "node:fs"],
];

const root = mkdtempSync(path.join(os.tmpdir(), "switchyard-arrows-"));
/** The files in which Biome found a broken arrow, after one look at all of the cases. */
let broken = "";

/** Where a case lies: in the folder of the file it stands for, under a name of its own. */
function caseFile(kind: string, index: number, file: string): string {
  return path.join(path.dirname(file), `${kind}-${index}${path.extname(file)}`);
}

function write(file: string, source: string): void {
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(root, file), `${source}\n`);
}

beforeAll(() => {
  copyFileSync("biome.json", path.join(root, "biome.json"));
  const line = (specifier: string) => `import { thing } from "${specifier}";\nexport const other = thing;`;
  wrong.forEach(([file, specifier], index) => {
    write(caseFile("wrong", index, file), line(specifier));
  });
  right.forEach(([file, specifier], index) => {
    write(caseFile("right", index, file), line(specifier));
  });
  forms.forEach((source, index) => {
    write(`server/core/form-${index}.ts`, source);
  });
  const biome = path.resolve("node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "lint", "--only=style/noRestrictedImports", "--max-diagnostics=none", "--colors=off", "."];
  const { stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  if (error) throw error;
  broken = `${stdout}${stderr}`;
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

test.each(wrong.map((row, index) => [...row, index] as const))("%s may not import %s", (file, _specifier, index) => {
  expect(broken).toContain(`${caseFile("wrong", index, file)}:`);
});

test.each(right.map((row, index) => [...row, index] as const))("%s may import %s", (file, _specifier, index) => {
  expect(broken).not.toContain(`${caseFile("right", index, file)}:`);
});

test.each(forms.map((form, index) => [form, index] as const))("%s is an arrow too", (_form, index) => {
  expect(broken).toContain(`server/core/form-${index}.ts:`);
});
