import type { Tier } from "../tier";

/** The tier of the real engine on a real PostgreSQL. */
export function serviceTier(_given: { databaseUrl: string }): Tier {
  throw new Error("the service tier is not here");
}
