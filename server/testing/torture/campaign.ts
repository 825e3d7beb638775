import type { Progress } from "./progress";
import type { ResumeFile } from "./resume-file";
import { type Failure, TIERS, type Tier, type TierName } from "./tier";

/** How the minutes are shared; the slowest tiers find what the others cannot. */
const SHARE: Record<TierName, number> = { rules: 15, service: 45, system: 40 };
/** So often what is done is written down, where it is; a part costs what its tier has to start. */
const PART_SECONDS: Record<TierName, number> = { rules: 3, service: 120, system: 120 };

export interface CampaignOrder {
  seed: number;
  tiers: readonly TierName[];
  minutes: number | null;
  schedules: number | null;
  schedule: number | null;
  untilFailure: boolean;
}

/** What one call did of one tier. */
export interface TierResult {
  tier: TierName;
  schedules: number;
  seconds: number;
  failures: Failure[];
}

interface Watched {
  done: ResumeFile;
  progress: Progress;
  /** Hears of every failure as it comes. */
  onFailure: (failure: Failure) => void;
}

/** Runs the tiers one after the other, in parts that are written down. */
export async function runCampaign(
  order: CampaignOrder,
  makeTier: (name: TierName) => Promise<Tier>,
  given: Watched,
): Promise<TierResult[]> {
  const names = TIERS.filter((name) => order.tiers.includes(name));
  const shares = names.reduce((sum, name) => sum + SHARE[name], 0);
  const results: TierResult[] = [];
  for (const name of names) {
    const tier = await makeTier(name);
    const milliseconds = order.minutes === null ? Number.POSITIVE_INFINITY : order.minutes * 60_000;
    const until = performance.now() + (milliseconds * SHARE[name]) / shares;
    results.push(await runTier(tier, { ...order, until }, given));
    if (order.untilFailure && results.some((result) => result.failures.length > 0)) break;
  }
  return results;
}

async function runTier(
  tier: Tier,
  order: CampaignOrder & { until: number },
  { done, progress, onFailure }: Watched,
): Promise<TierResult> {
  const { seed, schedule, until } = order;
  const failures: Failure[] = [];
  const part = done.part(tier.name, seed);
  const wanted = schedule === null ? (order.schedules ?? Number.POSITIVE_INFINITY) : 1;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const stopTelling = progress.every(
    () => `${tier.name}: ${seconds().toFixed(0)} s, ${failures.length} schedules with violations`,
  );
  let schedules = 0;
  let partMs = done.isKept ? PART_SECONDS[tier.name] * 1000 : Number.POSITIVE_INFINITY;
  while (schedules < wanted && performance.now() < until) {
    const first = schedule ?? part.schedules;
    const partAt = performance.now();
    const ran = await tier.run({
      seed,
      first,
      count: wanted - schedules,
      until: Math.min(until, partAt + partMs),
      onFailure: (failure) => {
        failures.push(failure);
        onFailure(failure);
        return !order.untilFailure;
      },
    });
    schedules += ran;
    part.schedules += ran;
    part.seconds += (performance.now() - partAt) / 1000;
    part.failed.push(...failures.map((failure) => failure.schedule).filter((number) => !part.failed.includes(number)));
    // A replay is no progress of the campaign.
    if (schedule === null) done.save();
    if (order.untilFailure && failures.length > 0) break;
    // On a machine so busy that the start alone takes longer than a part.
    if (ran === 0) partMs *= 2;
  }
  stopTelling();
  return { tier: tier.name, schedules, seconds: seconds(), failures };
}
