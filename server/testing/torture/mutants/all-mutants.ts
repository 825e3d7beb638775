import { StartError } from "../../../start/progress.mjs";
import { TIERS, type TierName } from "../tier";
import type { Mutant } from "./mutant";
import { RULES_MUTANTS } from "./rules-mutants";
import { SERVICE_MUTANTS } from "./service-mutants";
import { SYSTEM_MUTANTS } from "./system-mutants";

/** Every deliberate bug, cheapest tier first. */
export const ALL_MUTANTS: readonly Mutant[] = [...RULES_MUTANTS, ...SERVICE_MUTANTS, ...SYSTEM_MUTANTS];

/** The named ones of the tiers, all for no names; throws a `StartError` for a name that nobody has. */
export function chooseMutants(names: readonly string[], tiers: readonly TierName[] = TIERS): Mutant[] {
  const unknown = names.filter((name) => !ALL_MUTANTS.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new StartError(`There is no mutant ${unknown.join(", ")}.`);
  return ALL_MUTANTS.filter(
    (mutant) => tiers.includes(mutant.tier) && (names.length === 0 || names.includes(mutant.name)),
  );
}
