import type { Engine } from "./engine";
import type { Settings } from "./settings";
import { inTransaction } from "./transaction";

const GAP_MAX_SECONDS = 5;

/** A longer time without a sign of life of any process is one in which no runner could be heard. */
export function gapSecondsOf({ leaseSeconds }: Settings): number {
  return Math.min(GAP_MAX_SECONDS, leaseSeconds / 2);
}

/**
 * Writes down that a server is alive. After a time in which no process did, runners could not be heard: every live
 * attempt is given a full lease, and its deadline moves by that time, before anybody judges it. Must be called before
 * each sweep.
 */
export async function recordAlive({ pool, settings }: Engine): Promise<void> {
  const gapSeconds = gapSecondsOf(settings);
  const { rowCount } = await pool.query({
    name: "record_alive",
    text: `UPDATE server_heartbeat SET alive_at = clock_timestamp()
      WHERE id = 1 AND clock_timestamp() - alive_at <= make_interval(secs => $1)`,
    values: [gapSeconds],
  });
  if (rowCount === 1) return;
  // The row's lock makes other processes wait until the leases are granted; attempts are locked in id order.
  await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ gap: number }>(
      "SELECT EXTRACT(EPOCH FROM clock_timestamp() - alive_at)::float8 AS gap FROM server_heartbeat WHERE id = 1 FOR UPDATE",
    );
    const gap = rows[0]?.gap ?? 0;
    if (gap > gapSeconds)
      await tx.query(
        `WITH live AS (SELECT id FROM attempt WHERE ended_at IS NULL ORDER BY id FOR UPDATE)
         UPDATE attempt a SET deadline_at = a.deadline_at + make_interval(secs => $1),
           lease_expires_at = GREATEST(a.lease_expires_at, clock_timestamp()
             + make_interval(secs => CASE WHEN a.started_at IS NULL THEN $2::float8 ELSE $3::float8 END))
         FROM live WHERE a.id = live.id AND a.ended_at IS NULL`,
        [gap, settings.leaseSeconds, settings.runningLeaseSeconds],
      );
    await tx.query("UPDATE server_heartbeat SET alive_at = clock_timestamp() WHERE id = 1");
  });
}
