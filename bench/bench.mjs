/** `npm run bench`: measures Switchyard, the floor, graphile-worker and pg-boss side by side (docs/bench.md). */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { say, step } from "../server/start/progress.mjs";
import { build, checkNode, installDependencies, withCheckout } from "../server/start/setup.mjs";
import { onShutdown, runMain, shutDown, shutDownOnSignals } from "../server/start/shutdown.mjs";
import { describeMachine, machineText } from "./machine.mjs";
import { readOptions } from "./options.mjs";
import { installPeers } from "./setup.mjs";
import { median } from "./statistics.mjs";
import { summarize } from "./summary.mjs";
import { linesOf, renderTable } from "./table.mjs";

const root = path.resolve(import.meta.dirname, "..");
/** In the order of the table; a row that is not named comes behind. */
const ORDER = [
  ...["chain", "forty", "fan", "noop", "ten", "mesh", "graphs", "idle"],
  ...["runners", "sizes", "logs", "viewers", "page"],
];

async function main() {
  checkNode();
  shutDownOnSignals(130);
  // PostgreSQL is a daemon: whatever happens, it must not outlive the command.
  process.on("uncaughtException", (error) => {
    process.stderr.write(`${error.stack}\n`);
    void shutDown(1);
  });
  const options = readOptions(process.argv.slice(2), rowNames());
  const machine = describeMachine();
  say("Switchyard's benchmark");
  await withCheckout(root, async () => {
    await installDependencies(root);
    await installPeers(import.meta.dirname);
    await build(root);
  });
  const scratch = mkdtempSync(path.join(os.tmpdir(), "switchyard-bench-"));
  onShutdown(() => rmSync(scratch, { recursive: true, force: true }));

  // Only now is everything installed that they import.
  const { startEnvironment } = await import("./environment.mjs");
  const { runRows } = await import("./run-rows.mjs");
  const { warmUp } = await import("./measure.mjs");
  const rows = await Promise.all(options.rows.map(loadRow));
  const environment = await step("PostgreSQL and Switchyard", () => startEnvironment(root, scratch));
  await step("warming Switchyard up", () => warmUp(environment.shared));
  const startedAt = new Date();
  const { measurements, failures } = await runRows(rows, { ...options, shared: environment.shared, say });

  const lines = rows.flatMap((row) => linesOf(row, summarize(measurements.filter((one) => one.row === row.name))));
  const command = `npm run bench -- ${process.argv.slice(2).join(" ")}`.replace(/ -- $/, "");
  const minutes = ((Date.now() - startedAt.getTime()) / 60_000).toFixed(1);
  say(`\n${renderTable(lines)}\n`);
  for (const failure of failures) say(`not measured: ${failure}`);
  say(`${startedAt.toISOString().slice(0, 16)}Z, \`${command}\`, ${minutes} minutes, repeats: ${options.repeats}`);
  say(machineText(machine, environment.postgresVersion));
  say(`load (1 minute) before the measurements, median: ${median(measurements.map(({ load }) => load)).toFixed(1)}`);
  if (options.json !== null) {
    const postgres = environment.postgresVersion;
    const result = { command, startedAt, machine: { ...machine, postgres }, options, lines, failures, measurements };
    writeFileSync(options.json, `${JSON.stringify(result, null, 1)}\n`);
  }
  const isMissed = failures.length > 0 || lines.some(({ isReached }) => isReached === false);
  await shutDown(options.check && isMissed ? 1 : 0);
}

function rowNames() {
  const place = (/** @type {string} */ name) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return readdirSync(path.join(import.meta.dirname, "rows"))
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => path.basename(file, ".mjs"))
    .sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

/** @param {string} name @returns {Promise<import("./row.mjs").Row>} */
async function loadRow(name) {
  return (await import(`./rows/${name}.mjs`)).row;
}

await runMain(main);
