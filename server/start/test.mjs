import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runBrowserTests } from "./browser-tests.mjs";
import { checkDatabase } from "./check-database.mjs";
import { findChromium } from "./chromium.mjs";
import { embeddedPostgres } from "./embedded-postgres.mjs";
import { say, step } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";
import { build, checkNode, generateClient, installDependencies, withCheckout } from "./setup.mjs";
import { onShutdown, runMain, shutDown, shutDownOnSignals } from "./shutdown.mjs";
import { sourceSizes } from "./source-sizes.mjs";
import { countVitest, createTally } from "./tally.mjs";

const root = path.resolve(import.meta.dirname, "../..");

/** Everything that decides whether a change is good; exactly what CI runs. */
async function main() {
  checkNode();
  shutDownOnSignals(130);
  say("Switchyard's tests");
  const scratch = mkdtempSync(path.join(os.tmpdir(), "switchyard-test-"));
  onShutdown(() => rmSync(scratch, { recursive: true, force: true }));
  await withCheckout(root, () => installDependencies(root));
  const chromium = await findChromium(root);
  const tally = createTally();

  await tally.one("lint", () => step("lint (biome)", () => node("biome", ["@biomejs/biome/bin/biome", "check", "."])));
  await tally.one("types", () => step("types (tsc)", checkTypes));
  // Before the tests: some of them start the real product, and must not wait for its build.
  const isBuilt = await tally.one("build", () => withCheckout(root, () => build(root)));
  tally.add("unit, database, runner", await runVitest(scratch));
  tally.add("browser", isBuilt ? await runBrowserTests(root, scratch, chromium) : { passed: 0, failed: 1 });

  say(`\n${sourceSizes(root)}`);
  await shutDown(tally.report() > 0 ? 1 : 0);
}

/** @param {string} what @param {[string, ...string[]]} args a file of a package, and its arguments */
async function node(what, [file, ...args], options = {}) {
  await runCommand(what, process.execPath, [path.join(root, "node_modules", file), ...args], { cwd: root, ...options });
}

async function checkTypes() {
  await withCheckout(root, () => generateClient(root));
  await node("next typegen", ["next/dist/bin/next", "typegen"], {
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  await node("tsc", ["typescript/bin/tsc", "--noEmit"]);
}

/** @param {string} scratch */
async function runVitest(scratch) {
  const databaseUrl = await testDatabase(scratch);
  const report = path.join(scratch, "vitest.json");
  let endedWell = true;
  try {
    const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
    await node("vitest", ["vitest/vitest.mjs", "run", ...reporters], {
      env: { ...testEnv(), TEST_DATABASE_URL: databaseUrl },
      show: true,
    });
  } catch {
    // Vitest has shown what failed; its report is counted below.
    endedWell = false;
  }
  return countVitest(report, endedWell);
}

/** The environment without what is meant for a real server. */
function testEnv() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SWITCHYARD_|DATABASE_URL|AUTH_SECRET)/.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: "test" };
}

/** @param {string} scratch */
async function testDatabase(scratch) {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    await checkDatabase(given, "TEST_DATABASE_URL");
    return given;
  }
  const postgres = embeddedPostgres(path.join(scratch, "postgres"));
  onShutdown(() => postgres.stop());
  await step("embedded PostgreSQL", () => postgres.start());
  return postgres.superuserUrl();
}

await runMain(main);
