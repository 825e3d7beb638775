import path from "node:path";
import { say, step } from "../../../start/progress.mjs";
import { build, withCheckout } from "../../../start/setup.mjs";
import { grouped, textTable } from "../text-table";
import { TIERS, type TierName } from "../tier";
import { chooseMutants } from "./all-mutants";
import { applyMutant } from "./mutant";
import { copySources } from "./scratch-copy";
import { type CopyOutcome, tortureCopy } from "./torture-copy";

const ROOT = path.resolve(import.meta.dirname, "../../../..");
/** How long a tier may search for one bug. */
const BUDGET_MINUTES: Record<TierName, number> = { rules: 0.5, service: 1.5, system: 4 };

export interface MutantRow extends CopyOutcome {
  mutant: string;
  tier: TierName;
  /** The row of the tree without any bug, in which nothing may be found. */
  isControl: boolean;
  isGood: boolean;
}

/** Puts each bug into a copy of the tree and lets its tier look for it; good when every one is found and nothing else. */
export async function runMutants(given: {
  names: readonly string[];
  tiers: readonly TierName[];
  seed: number;
  /** For each mutant; null: what its tier usually has. */
  minutes: number | null;
  scratch: string;
  databaseUrl: () => Promise<string>;
}): Promise<{ isGood: boolean; rows: MutantRow[] }> {
  const { seed, scratch } = given;
  const mutants = chooseMutants(given.names, given.tiers);
  const tiers = TIERS.filter((tier) => mutants.some((mutant) => mutant.tier === tier));
  // The copies stand on this tree's build.
  if (tiers.includes("system")) await withCheckout(ROOT, () => build(ROOT));
  const databaseUrl = tiers.includes("service") ? await given.databaseUrl() : null;
  const copy = path.join(scratch, "copy");
  await step("a copy of the sources", () => copySources(ROOT, copy));
  const rows: MutantRow[] = [];
  const look = async (tier: TierName, mutant: string, isControl: boolean) => {
    const outcome = await tortureCopy(copy, {
      tier,
      seed,
      minutes: given.minutes ?? BUDGET_MINUTES[tier],
      databaseUrl,
    });
    const isFound = outcome.violations.length > 0;
    const isGood = outcome.broken === null && outcome.schedules > 0 && isFound !== isControl;
    rows.push({ ...outcome, tier, mutant, isControl, isGood });
    say(`  ${isGood ? "✓" : "✗"} ${tier} ${mutant}: ${verdict(outcome)}`);
  };
  for (const tier of tiers) {
    await look(tier, "(none)", true);
    for (const mutant of mutants.filter((one) => one.tier === tier)) {
      const takeOut = applyMutant(copy, mutant);
      try {
        await look(tier, mutant.name, false);
      } finally {
        takeOut();
      }
    }
  }
  const isGood = rows.every((row) => row.isGood);
  say(`\n${mutantTable(rows)}\n\n${summary(rows)}`);
  return { isGood, rows };
}

function verdict({ violations, schedules, seconds, broken }: CopyOutcome): string {
  if (broken !== null) return `the command broke: ${broken.trim()}`;
  const effort = `${grouped(schedules)} schedules, ${seconds.toFixed(1)} s`;
  return violations.length > 0 ? `found after ${effort}: ${short(violations[0] ?? "")}` : `nothing found in ${effort}`;
}

function mutantTable(rows: readonly MutantRow[]): string {
  return textTable([
    ["mutant", "tier", "found", "schedules", "seconds", "violation"],
    ...rows.map((row) => [
      row.mutant,
      row.tier,
      found(row),
      grouped(row.schedules),
      row.seconds.toFixed(1),
      short(row.violations[0] ?? ""),
    ]),
  ]);
}

function found(row: MutantRow): string {
  if (row.broken !== null) return "BROKE";
  if (row.isControl) return row.isGood ? "nothing, rightly" : row.schedules === 0 ? "NOTHING DONE" : "A FALSE ALARM";
  return row.isGood ? "yes" : "NO";
}

function summary(rows: readonly MutantRow[]): string {
  const mutants = rows.filter((row) => !row.isControl);
  const survivors = mutants.filter((row) => !row.isGood).map((row) => row.mutant);
  const rest = survivors.length === 0 ? "" : `; not ${survivors.join(", ")}`;
  return `${mutants.length - survivors.length} of ${mutants.length} mutants found${rest}`;
}

function short(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
