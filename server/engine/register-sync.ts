import type { SyncRequest } from "../../runner/protocol";
import type { Queryable } from "../db/pool";
import { AppError } from "../errors";
import { isId } from "./ids";
import type { Settings } from "./settings";

/** What one sync is known by, once it is the current one of its runner. */
export interface RegisteredSync {
  instanceId: string;
  syncNumber: string;
  /** The web process that served the sync before this one, if another did. */
  previousProcessId: string | null;
  labels: string[];
  /** 0 where the runner has never said. */
  slots: number;
  /** The database's time. */
  now: Date;
}

/** Absent counts as one fixed value. */
const NO_INSTANCE = "-";

// Locks the runner's row first and then the listed live attempts in id order; every writer of both keeps that order, so
// a renewal never deadlocks with a report or the sweeper. Only an instance that is current or was never heard passes:
// no row means that an earlier instance speaks. Relies on the primary keys and runner_instance's.
const REGISTER = `
WITH before AS (
  SELECT process_id FROM runner WHERE id = $1
), me AS (
  UPDATE runner SET instance_id = $2, sync_number = sync_number + 1, process_id = $3,
    version = COALESCE($4, version), os = COALESCE($5, os), arch = COALESCE($6, arch),
    labels = COALESCE($7::text[], labels), slots = COALESCE($8, slots), state = $9, last_seen_at = clock_timestamp()
  WHERE id = $1 AND revoked_at IS NULL AND (instance_id = $2 OR NOT EXISTS (
    SELECT 1 FROM runner_instance WHERE runner_id = $1 AND instance_id = $2))
  RETURNING id, sync_number, labels, slots
), known AS (
  INSERT INTO runner_instance (runner_id, instance_id) SELECT id, $2 FROM me ON CONFLICT DO NOTHING
), held AS (
  SELECT a.id FROM attempt a JOIN me ON a.runner_id = me.id
  WHERE a.id = ANY($10::uuid[]) AND a.ended_at IS NULL ORDER BY a.id FOR UPDATE OF a
), renewed AS (
  UPDATE attempt a SET lease_expires_at = GREATEST(a.lease_expires_at,
    clock_timestamp() + make_interval(secs => CASE WHEN a.started_at IS NULL THEN $11::float8 ELSE $12::float8 END))
  FROM held WHERE a.id = held.id AND a.ended_at IS NULL
)
SELECT me.sync_number, me.labels, me.slots, before.process_id, clock_timestamp() AS now FROM me, before`;

interface RegisteredRow {
  sync_number: string;
  labels: string[];
  slots: number;
  process_id: string | null;
  now: Date;
}

/** Makes this sync its runner's current one and renews the leases of what it holds; throws `runner_replaced`. */
export async function registerSync(
  db: Queryable,
  given: { runnerId: string; request: SyncRequest; processId: string; settings: Settings },
): Promise<RegisteredSync> {
  const runner = given.request.runner ?? {};
  const instanceId = runner.instance_id ?? NO_INSTANCE;
  const { rows } = await db.query<RegisteredRow>({
    name: "register_sync",
    text: REGISTER,
    values: [
      given.runnerId,
      instanceId,
      given.processId,
      runner.version ?? null,
      runner.os ?? null,
      runner.arch ?? null,
      runner.labels ?? null,
      runner.slots ?? null,
      runner.state ?? "active",
      (given.request.held ?? []).map((held) => held.attempt_id).filter(isId),
      given.settings.leaseSeconds,
      given.settings.runningLeaseSeconds,
    ],
  });
  const row = rows[0];
  if (!row) throw await refusal(db, given.runnerId);
  return {
    instanceId,
    syncNumber: row.sync_number,
    previousProcessId: row.process_id === given.processId ? null : row.process_id,
    labels: row.labels,
    slots: row.slots,
    now: row.now,
  };
}

/** Whether no later sync of the runner has been registered, and its token still holds. By primary key; locks nothing. */
export async function isCurrentSync(db: Queryable, runnerId: string, sync: RegisteredSync): Promise<boolean> {
  const { rowCount } = await db.query(
    "SELECT 1 FROM runner WHERE id = $1 AND sync_number = $2 AND revoked_at IS NULL",
    [runnerId, sync.syncNumber],
  );
  return rowCount === 1;
}

/** Revoked between its authentication and this: its processes may end, which a replaced runner's may not. */
async function refusal(db: Queryable, runnerId: string): Promise<AppError> {
  const { rowCount } = await db.query("SELECT 1 FROM runner WHERE id = $1 AND revoked_at IS NULL", [runnerId]);
  if (rowCount === 0) return new AppError("unauthenticated", "This runner token is unknown, expired or revoked");
  return new AppError(
    "runner_replaced",
    "A newer instance of this runner has connected with the same token; stop this one",
  );
}
