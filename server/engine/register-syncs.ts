import type { SyncRequest } from "../../runner/protocol";
import type { Queryable } from "../db/pool";
import { AppError } from "../errors";

/** The runner that a token proved. */
export interface RunnerIdentity {
  id: string;
  teamId: string;
  name: string;
}

/** One request of one runner. */
export interface SyncCall {
  runner: RunnerIdentity;
  request: SyncRequest;
}

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

/**
 * The parts of a statement that make syncs current and renew what they hold; `me` has a row for each that may speak. The
 * runners' rows, and after them the held attempts, are locked by an earlier statement. Only an instance that is current or
 * was never heard passes: no row means that an earlier instance speaks. Parameters: $1 rows of
 * `registerRow`, $2 the process, $3 and $4 held attempts and their runners, $5 and $6 the leases in seconds. Relies on the
 * primary keys and runner_instance's.
 */
export const REGISTER = `given AS (
  SELECT * FROM json_to_recordset($1::json) AS x("runnerId" uuid, "instanceId" text, version text, os text, arch text,
    labels text[], slots int, state text)
), me AS (
  UPDATE runner r SET instance_id = g."instanceId", sync_number = r.sync_number + 1, process_id = $2,
    version = COALESCE(g.version, r.version), os = COALESCE(g.os, r.os), arch = COALESCE(g.arch, r.arch),
    labels = COALESCE(g.labels, r.labels), slots = COALESCE(g.slots, r.slots), state = g.state,
    last_seen_at = clock_timestamp()
  FROM given g JOIN runner old ON old.id = g."runnerId"
  WHERE r.id = g."runnerId" AND r.revoked_at IS NULL
    AND (r.instance_id = g."instanceId" OR NOT EXISTS (
      SELECT 1 FROM runner_instance i WHERE i.runner_id = r.id AND i.instance_id = g."instanceId"))
  RETURNING r.id, r.instance_id, r.sync_number, r.labels, r.slots, old.process_id,
    r.instance_id IS DISTINCT FROM old.instance_id AS is_new
), known AS (
  INSERT INTO runner_instance (runner_id, instance_id) SELECT id, instance_id FROM me WHERE is_new
  ON CONFLICT DO NOTHING
), held AS (
  SELECT a.id FROM unnest($3::uuid[], $4::uuid[]) AS h(id, runner_id) JOIN me ON me.id = h.runner_id
  JOIN attempt a ON a.id = h.id AND a.runner_id = h.runner_id
  WHERE a.ended_at IS NULL
), renewed AS (
  UPDATE attempt a SET lease_expires_at = GREATEST(a.lease_expires_at,
    clock_timestamp() + make_interval(secs => CASE WHEN a.started_at IS NULL THEN $5::float8 ELSE $6::float8 END))
  FROM held WHERE a.id = held.id AND a.ended_at IS NULL
)`;

/** What REGISTER needs of one sync. */
export function registerRow(call: SyncCall) {
  const { version, os, arch, labels, slots, state = "active" } = call.request.runner ?? {};
  return { runnerId: call.runner.id, instanceId: instanceOfCall(call), version, os, arch, labels, slots, state };
}

/** The start of the runner program that speaks. */
export function instanceOfCall({ request }: SyncCall): string {
  return request.runner?.instance_id ?? NO_INSTANCE;
}

/** Whether no later sync of the runner has been registered, and its token still holds. By primary key; locks nothing. */
export async function isCurrentSync(db: Queryable, runnerId: string, sync: RegisteredSync): Promise<boolean> {
  const { rowCount } = await db.query(
    "SELECT 1 FROM runner WHERE id = $1 AND sync_number = $2 AND revoked_at IS NULL",
    [runnerId, sync.syncNumber],
  );
  return rowCount === 1;
}

/** Why a sync was not registered. Revoked meanwhile: its processes may end, which a replaced runner's may not. */
export async function syncRefusal(db: Queryable, runnerId: string): Promise<AppError> {
  const { rowCount } = await db.query("SELECT 1 FROM runner WHERE id = $1 AND revoked_at IS NULL", [runnerId]);
  if (rowCount === 0) return new AppError("unauthenticated", "This runner token is unknown, expired or revoked");
  return new AppError(
    "runner_replaced",
    "A newer instance of this runner has connected with the same token; stop this one",
  );
}
