export const TIERS = ["rules", "service", "system"] as const;
export type TierName = (typeof TIERS)[number];

/** A schedule after which something was not as the semantics say. */
export interface Failure {
  tier: TierName;
  seed: number;
  /** Counted from 0 within its seed and tier; with the seed it decides everything that the schedule does. */
  schedule: number;
  violations: string[];
  /** What was done, in order, one line each. */
  story: string[];
}

export interface TierOrder {
  seed: number;
  /** The first schedule to run. */
  first: number;
  /** How many at most. */
  count: number;
  /** On the clock of `performance.now()`: no schedule is begun after it. */
  until: number;
  /** Called once per failed schedule; answers whether to go on. */
  onFailure: (failure: Failure) => boolean;
}

/** One kind of schedules; what it starts it ends. */
export interface Tier {
  name: TierName;
  /** Runs schedules in order of their number until there are enough; answers how many were done, failed ones included. */
  run(order: TierOrder): Promise<number>;
}
