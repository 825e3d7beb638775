import type { Tier, TierName } from "./tier";

/** Loads a tier only when it is wanted: the rules need neither a database nor a build. */
export async function makeTier(name: TierName, databaseUrl: () => Promise<string>): Promise<Tier> {
  switch (name) {
    case "rules":
      return (await import("./rules/rules-tier")).rulesTier();
    case "service":
      return (await import("./service/service-tier")).serviceTier({ databaseUrl: await databaseUrl() });
    case "system":
      return (await import("./system/system-tier")).systemTier();
  }
}
