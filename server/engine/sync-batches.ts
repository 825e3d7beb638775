import { type AppliedSync, applySyncs, type RefusedSync } from "./apply-syncs";
import { Batcher } from "./batcher";
import type { Engine } from "./engine";
import type { SyncCall } from "./register-syncs";
import { isConnectionTrouble } from "./transaction";

/** Enough to share a commit among, few enough that nobody waits for the others' work. */
const SYNCS_MAX = 64;
/** With this many syncs a second that bring no report, and no report for so long, each may wait for company. */
const CROWD_PER_SECOND = 20;
const CALM_AFTER_MS = 2_000;
const COLLECT_MS = 250;

/**
 * The syncs of one web process, done together: those with reports, which wait for the locks of runs, apart from those
 * that only renew and ask. (Measured with 1,000 runners: docs/decisions/0006.)
 */
export class SyncBatches {
  private readonly reporting: Batcher<SyncCall, AppliedSync | RefusedSync>;
  private readonly asking: Batcher<SyncCall, AppliedSync | RefusedSync>;
  /** Arrivals of asking syncs in this second and the one before. */
  private arrivals = { second: 0, now: 0, before: 0 };
  private reportedAt = Number.NEGATIVE_INFINITY;

  constructor(engine: () => Engine) {
    const parts = {
      work: (calls: SyncCall[]) => applySyncs(engine(), calls),
      keyOf: (call: SyncCall) => call.runner.id,
      itemsMax: SYNCS_MAX,
      isOfOneItem: (error: unknown) => !isConnectionTrouble(error),
    };
    this.reporting = new Batcher(parts);
    this.asking = new Batcher({ ...parts, collectMs: () => (this.isIdleCrowd() ? COLLECT_MS : 0) });
  }

  /** Applies one sync; throws what it is refused with. */
  async apply(call: SyncCall): Promise<AppliedSync> {
    const hasReports = (call.request.reports ?? []).length > 0;
    if (hasReports) this.reportedAt = performance.now();
    const applied = await (hasReports ? this.reporting : this.asking).do(call);
    if ("refused" in applied) throw applied.refused;
    return applied;
  }

  /** Counts an asking sync; many idle runners together ask the database less often, a few or busy ones never wait. */
  private isIdleCrowd(): boolean {
    const time = performance.now();
    const second = Math.floor(time / 1_000);
    const { arrivals } = this;
    if (second !== arrivals.second)
      this.arrivals = { second, now: 0, before: second === arrivals.second + 1 ? arrivals.now : 0 };
    this.arrivals.now += 1;
    return (
      Math.max(this.arrivals.now, this.arrivals.before) > CROWD_PER_SECOND && time - this.reportedAt > CALM_AFTER_MS
    );
  }
}
