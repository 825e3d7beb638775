import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { countPlaywright, countVitest } from "./tally.mjs";

const dir = mkdtempSync(path.join(os.tmpdir(), "switchyard-tally-"));

afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

function report(content: unknown): string {
  const file = path.join(dir, "report.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const good = {
  status: "passed",
  assertionResults: [{ status: "passed" }, { status: "passed" }, { status: "skipped" }],
};
const bad = { status: "failed", assertionResults: [{ status: "passed" }, { status: "failed" }] };
const unloadable = { status: "failed", assertionResults: [] };

test.each([
  ["all well", [good], true, { passed: 2, failed: 0 }],
  ["one failure", [good, bad], false, { passed: 3, failed: 1 }],
  ["a file that could not be loaded", [good, unloadable], false, { passed: 2, failed: 1 }],
  ["an error outside of every test", [good], false, { passed: 2, failed: 1 }],
])("Vitest: %s", (_what, testResults, endedWell, expected) => {
  expect(countVitest(report({ testResults }), endedWell)).toEqual(expected);
});

test("without a report there is a failure", () => {
  const missing = path.join(dir, "missing.json");
  expect(countVitest(missing, false)).toEqual({ passed: 0, failed: 1 });
  expect(countPlaywright(missing, false)).toEqual({ passed: 0, failed: 1 });
});

test("Playwright: a test that passes only the second time has failed", () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
  expect(countPlaywright(report({ stats }), false)).toEqual({ passed: 4, failed: 2 });
});
