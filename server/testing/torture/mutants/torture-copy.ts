import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { onShutdown } from "../../../start/shutdown.mjs";
import type { TierName } from "../tier";

const results = z.object({
  tiers: z.array(z.object({ schedules: z.int(), failures: z.array(z.object({ violations: z.array(z.string()) })) })),
});
const OUTPUT_KEPT = 4_000;

export interface CopyOutcome {
  schedules: number;
  seconds: number;
  /** Of the first failed schedule; empty when there was none. */
  violations: string[];
  /** The command did not get to its end; what it said last. */
  broken: string | null;
}

/** Runs the ordinary command of one tier in a copy of the tree until the first violation, or until its time is over. */
export async function tortureCopy(
  root: string,
  given: { tier: TierName; seed: number; minutes: number; databaseUrl: string | null },
): Promise<CopyOutcome> {
  const json = path.join(root, "torture.json");
  rmSync(json, { force: true });
  const startedAt = performance.now();
  const args = ["--tier", given.tier, "--seed", String(given.seed), "--minutes", String(given.minutes)];
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "server/testing/torture/main.ts", ...args, "--until-failure", "--json", json],
    {
      cwd: root,
      env: { ...process.env, ...(given.databaseUrl === null ? {} : { TEST_DATABASE_URL: given.databaseUrl }) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  onShutdown(() => stop(child));
  const { code, output } = await ending(child);
  const seconds = (performance.now() - startedAt) / 1000;
  const read = readResults(json);
  if (!read) return { schedules: 0, seconds, violations: [], broken: `exit code ${code}: ${output}` };
  return { ...read, seconds, broken: null };
}

function readResults(json: string): { schedules: number; violations: string[] } | null {
  try {
    const { tiers } = results.parse(JSON.parse(readFileSync(json, "utf8")));
    const failure = tiers.flatMap((tier) => tier.failures)[0];
    return { schedules: tiers[0]?.schedules ?? 0, violations: failure?.violations ?? [] };
  } catch {
    // It ended before it had anything to tell: what it printed says why.
    return null;
  }
}

function ending(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = "";
  const keep = (data: Buffer) => {
    output = (output + data.toString()).slice(-OUTPUT_KEPT);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

/** Lets the command end what it has started. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}
