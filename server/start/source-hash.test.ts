import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sourceHash } from "./source-hash.mjs";

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "switchyard-sources-"));
  write("app/page.tsx", "one");
  write("server/core/rollup.ts", "two");
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, content: string): void {
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(root, file), content);
}

test("the same sources give the same text", () => {
  const before = sourceHash(root);
  write("app/page.tsx", "one");
  expect(sourceHash(root)).toBe(before);
});

test.each([
  ["a change", "server/core/rollup.ts", "three"],
  ["a new file", "server/engine/claim-attempt.ts", ""],
  ["a new lockfile", "package-lock.json", "{}"],
])("%s gives another text", (_what, file, content) => {
  const before = sourceHash(root);
  write(file, content);
  expect(sourceHash(root)).not.toBe(before);
});

test("moving text from the end of one file to the start of the next is a change", () => {
  write("app/page.tsx", "on");
  write("app/q.tsx", "e");
  const before = sourceHash(root);
  write("app/page.tsx", "o");
  write("app/q.tsx", "ne");
  expect(sourceHash(root)).not.toBe(before);
});

test.each(["server/core/rollup.test.ts", "server/start/launch.mjs", "server/db/generated/client.ts", "docs/a.md"])(
  "%s is not part of the build",
  (file) => {
    const before = sourceHash(root);
    write(file, "anything");
    expect(sourceHash(root)).toBe(before);
  },
);
