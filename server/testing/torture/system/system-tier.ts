import type { Tier } from "../tier";

/** The tier of real processes. */
export function systemTier(): Tier {
  throw new Error("the system tier is not here");
}
