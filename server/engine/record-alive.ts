import type { Engine } from "./engine";
import type { Settings } from "./settings";

const GAP_MAX_SECONDS = 5;

/** A longer time without a sign of life of any process is one in which no runner could be heard. */
export function gapSecondsOf({ leaseSeconds }: Settings): number {
  return Math.min(GAP_MAX_SECONDS, leaseSeconds / 2);
}

// One statement, so that a process that is stopped in the middle of it cannot say later that all is well: the grant and the
// sign of life are one. The heartbeat's row makes other processes wait until the leases are granted; attempts are locked in
// id order behind it.
const GRANT = `
WITH beat AS MATERIALIZED (
  SELECT EXTRACT(EPOCH FROM clock_timestamp() - alive_at)::float8 AS gap FROM server_heartbeat WHERE id = 1 FOR UPDATE
), live AS MATERIALIZED (
  SELECT a.id FROM attempt a WHERE a.ended_at IS NULL AND (SELECT gap FROM beat) > $1 ORDER BY a.id FOR UPDATE
), granted AS (
  UPDATE attempt a SET deadline_at = a.deadline_at + make_interval(secs => (SELECT gap FROM beat)),
    lease_expires_at = GREATEST(a.lease_expires_at, clock_timestamp()
      + make_interval(secs => CASE WHEN a.started_at IS NULL THEN $2::float8 ELSE $3::float8 END))
  FROM live WHERE a.id = live.id AND a.ended_at IS NULL
)
UPDATE server_heartbeat SET alive_at = clock_timestamp() WHERE id = 1 AND (SELECT count(*) FROM live) >= 0`;

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
  await pool.query({
    name: "grant_leases",
    text: GRANT,
    values: [gapSeconds, settings.leaseSeconds, settings.runningLeaseSeconds],
  });
}
