import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { StartError, say } from "../../start/progress.mjs";
import { onShutdown, runMain, shutDown, shutDownOnSignals } from "../../start/shutdown.mjs";
import { runCampaign, type TierResult } from "./campaign";
import { makeTier } from "./make-tier";
import { readOptions, type TortureOptions, USAGE } from "./options";
import { Progress, showFailure } from "./progress";
import { ResumeFile, type ResumePart } from "./resume-file";
import { scratchDatabase } from "./scratch-database";
import { grouped, textTable } from "./text-table";

void runMain(main);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    say(USAGE);
    return;
  }
  const options = optionsOrRefusal(args);
  if (!options) {
    process.exitCode = 2;
    return;
  }
  shutDownOnSignals(130);
  const scratch = mkdtempSync(path.join(os.tmpdir(), "switchyard-torture-"));
  onShutdown(() => rmSync(scratch, { recursive: true, force: true }));
  let database: Promise<string> | undefined;
  const databaseUrl = () => {
    database ??= scratchDatabase(scratch);
    return database;
  };
  await shutDown((await run(options, scratch, databaseUrl)) ? 0 : 1);
}

function optionsOrRefusal(args: string[]): TortureOptions | null {
  try {
    return readOptions(args);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return null;
  }
}

/** Answers whether everything was as it should be. */
async function run(options: TortureOptions, scratch: string, databaseUrl: () => Promise<string>): Promise<boolean> {
  if (options.inputs !== null) return inputs(options, await databaseUrl());
  if (options.mutants !== null) {
    const { runMutants } = await import("./mutants/run-mutants");
    const { isGood, rows } = await runMutants({ names: options.mutants, ...options, scratch, databaseUrl });
    write(options, { mutants: rows });
    return isGood;
  }
  const done = new ResumeFile(options.resume);
  const startedAt = new Date();
  const results = await runCampaign(options, (name) => makeTier(name, databaseUrl), {
    done,
    progress: new Progress(),
    onFailure: showFailure,
  });
  say(`\n${tierTable(results)}`);
  if (options.resume !== null) say(`\nwith everything in ${options.resume}:\n\n${totalsTable(done.parts())}`);
  write(options, { startedAt, seed: options.seed, tiers: results });
  // Nothing done is nothing shown.
  const idle = results.filter((result) => result.schedules === 0).map((result) => result.tier);
  if (idle.length > 0) say(`\nNo schedule of ${idle.join(" and ")} was done: more --minutes, please.`);
  return idle.length === 0 && results.every((result) => result.failures.length === 0);
}

async function inputs(options: TortureOptions, databaseUrl: string): Promise<boolean> {
  const { runInputs } = await import("./inputs/run-inputs");
  const result = await runInputs({ databaseUrl, perTarget: options.inputs ?? 1, seed: options.seed, say });
  for (const failure of result.failures) say(`✗ ${failure}`);
  const row = [result.targets, result.inputs, result.failures.length].map(grouped);
  say(`\n${textTable([["targets", "inputs", "violations"], row])}`);
  write(options, { inputs: result });
  return result.failures.length === 0;
}

function tierTable(results: TierResult[]): string {
  const rows = results.map(({ tier, schedules, seconds, failures }) => [
    tier,
    grouped(schedules),
    grouped((schedules / seconds) * 60),
    grouped(failures.length),
  ]);
  return textTable([["tier", "schedules", "a minute", "violations"], ...rows]);
}

function totalsTable(parts: readonly ResumePart[]): string {
  const rows = parts.map(({ tier, seed, schedules, seconds, failed }) => [
    tier,
    String(seed),
    grouped(schedules),
    seconds === 0 ? "" : grouped((schedules / seconds) * 60),
    grouped(failed.length),
  ]);
  return textTable([["tier", "seed", "schedules", "a minute", "violations"], ...rows]);
}

function write({ json }: TortureOptions, results: object): void {
  if (json !== null) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
}
