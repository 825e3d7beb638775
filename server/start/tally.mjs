import { readJson } from "./data-dir.mjs";
import { say } from "./progress.mjs";

/** Counts what passed and failed over all kinds of tests. */
export function createTally() {
  /** @type {{ name: string, passed: number, failed: number }[]} */
  const parts = [];
  const sum = (/** @type {"passed" | "failed"} */ what) => parts.reduce((total, part) => total + part[what], 0);
  return {
    add: (/** @type {string} */ name, /** @type {{ passed: number, failed: number }} */ counts) => {
      parts.push({ name, ...counts });
    },
    /** Does work that counts as one test; its error is shown, and the rest goes on. */
    one: async (/** @type {string} */ name, /** @type {() => Promise<void>} */ work) => {
      try {
        await work();
        parts.push({ name, passed: 1, failed: 0 });
        return true;
      } catch (error) {
        say(`${error instanceof Error ? error.message : String(error)}\n  ✗ ${name}`);
        parts.push({ name, passed: 0, failed: 1 });
        return false;
      }
    },
    /** The table and, as the last line, the sum. */
    report: () => {
      say();
      for (const { name, passed, failed } of parts)
        say(`  ${failed > 0 ? "✗" : "✓"} ${name.padEnd(24)} ${passed} passed, ${failed} failed`);
      say();
      say(`${sum("passed")} passed, ${sum("failed")} failed`);
      return sum("failed");
    },
  };
}

/**
 * What Vitest's JSON says for each project's folder; a file that could not even be loaded is one failure.
 * @param {string} file
 * @param {boolean} endedWell
 */
export function countVitest(file, endedWell) {
  const report = readJson(file);
  let passed = 0;
  let failed = 0;
  for (const { status, assertionResults } of report?.testResults ?? []) {
    const failures = assertionResults.filter((/** @type {{ status: string }} */ one) => one.status === "failed").length;
    passed += assertionResults.filter((/** @type {{ status: string }} */ one) => one.status === "passed").length;
    failed += failures > 0 || status !== "failed" ? failures : 1;
  }
  // Errors outside of any test, or no report at all.
  return { passed, failed: failed === 0 && !endedWell ? 1 : failed };
}

/**
 * What Playwright's JSON says.
 * @param {string} file
 * @param {boolean} endedWell
 */
export function countPlaywright(file, endedWell) {
  const stats = readJson(file)?.stats;
  const failed = (stats?.unexpected ?? 0) + (stats?.flaky ?? 0);
  return { passed: stats?.expected ?? 0, failed: failed === 0 && !endedWell ? 1 : failed };
}
