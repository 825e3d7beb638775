import type { RunDraft } from "../core/run-draft";
import type { Tx } from "../db/pool";
import { isId } from "./ids";
import { draftsOf, RUN_COLUMNS, type RunRow } from "./lock-runs";
import { instanceOfCall, REGISTER, type RegisteredSync, registerRow, type SyncCall } from "./register-syncs";
import { OTHERS, REPORTED, type ReportedAttempt, type RunnerAttempt } from "./runner-attempts";
import type { Settings } from "./settings";
import { DEPENDENTS, type Dependent } from "./unlock-dependents";

/** Everything that the decisions about several syncs need. */
export interface LoadedSyncs {
  /** Of the runs that are reported on. */
  drafts: RunDraft[];
  /** By runner; without those whose instance has been replaced or whose token is revoked. */
  syncs: Map<string, RegisteredSync>;
  reported: ReportedAttempt[];
  others: RunnerAttempt[];
  /** What waits for tasks that are reported as success. */
  dependents: Dependent[];
}

// Locks the runs of the named attempts in id order, then the runners' rows in id order, then the live ones of the named
// and held attempts in id order; each part asks for the number of the one before it. Whoever locks attempts keeps that
// order: a grant of leases to all of them never deadlocks with a report. First statement of its transaction; relies on
// primary keys.
const LOCK = `
WITH runs AS MATERIALIZED (
  SELECT ${RUN_COLUMNS} FROM workflow_run r
  WHERE r.id IN (SELECT a.run_id FROM unnest($1::uuid[], $2::uuid[]) AS x(id, runner_id)
    JOIN attempt a ON a.id = x.id AND a.runner_id = x.runner_id) ORDER BY r.id FOR UPDATE
), runners AS MATERIALIZED (
  SELECT r.id FROM runner r WHERE r.id = ANY($3::uuid[]) AND (SELECT count(*) FROM runs) >= 0
  ORDER BY r.id FOR NO KEY UPDATE
), attempts AS MATERIALIZED (
  SELECT a.id FROM attempt a WHERE a.id = ANY($4::uuid[]) AND a.runner_id = ANY($3::uuid[]) AND a.ended_at IS NULL
    AND (SELECT count(*) FROM runners) >= 0
  ORDER BY a.id FOR UPDATE
)
SELECT runs.* FROM (SELECT count(*) FROM attempts) locked LEFT JOIN runs ON true`;

// Behind the locks, so that it sees what whoever held them has done. One row of JSON, since every message to the database
// and back costs more than most of these parts (docs/decisions/0006).
const LOAD = `
WITH ${REGISTER}
SELECT clock_timestamp() AS now,
  (SELECT COALESCE(json_agg(x), '[]') FROM (SELECT id, sync_number::text, labels, slots, process_id FROM me) x) AS syncs,
  (SELECT COALESCE(json_agg(x), '[]') FROM (${REPORTED}) x) AS reported,
  (SELECT COALESCE(json_agg(x), '[]') FROM (${OTHERS}) x) AS others,
  (SELECT COALESCE(json_agg(x), '[]') FROM (${DEPENDENTS}) x) AS dependents`;

interface LoadedRow {
  now: Date;
  syncs: { id: string; sync_number: string; labels: string[]; slots: number; process_id: string | null }[];
  reported: InJson<ReportedAttempt>[];
  others: InJson<RunnerAttempt>[];
  dependents: InJson<Dependent>[];
}

/** Times are texts in JSON. */
type InJson<T> = { [Key in keyof T]: T[Key] extends Date | null ? string | null : T[Key] };

/**
 * Locks what several syncs are about, makes each its runner's current one, renews the leases of what it holds, and reads
 * what their reports touch: two statements, sent together. One sync a runner.
 */
export async function loadSyncs(
  tx: Tx,
  given: { calls: SyncCall[]; processId: string; settings: Settings },
): Promise<LoadedSyncs> {
  const { calls, processId, settings } = given;
  const named = namedIn(calls);
  const runnerIds = calls.map(({ runner }) => runner.id);
  const held = calls.flatMap(({ runner, request }) =>
    (request.held ?? []).filter(({ attempt_id: id }) => isId(id)).map(({ attempt_id }) => [attempt_id, runner.id]),
  );
  const [locked, loaded] = await Promise.all([
    tx.query<RunRow | { id: null }>({
      name: "lock_syncs",
      text: LOCK,
      values: [
        named.map(({ id }) => id),
        named.map(({ runnerId }) => runnerId),
        runnerIds,
        [...named.map(({ id }) => id), ...held.map(([attemptId]) => attemptId)],
      ],
    }),
    tx.query<LoadedRow>({
      name: "load_syncs",
      text: LOAD,
      values: [
        JSON.stringify(calls.map(registerRow)),
        processId,
        held.map(([attemptId]) => attemptId),
        held.map(([, runnerId]) => runnerId),
        settings.leaseSeconds,
        settings.runningLeaseSeconds,
        runnerIds,
        named.map(({ id }) => id),
        named.filter(({ isSuccess }) => isSuccess).map(({ id }) => id),
      ],
    }),
  ]);
  const [row] = loaded.rows;
  if (!row) throw new Error("the database returned no syncs");
  const instanceOf = new Map(calls.map((call) => [call.runner.id, instanceOfCall(call)]));
  return {
    drafts: draftsOf(locked.rows.filter(isRun), row.now),
    syncs: new Map(
      row.syncs.map(({ id, sync_number, process_id, labels, slots }) => [
        id,
        {
          instanceId: instanceOf.get(id) ?? "",
          syncNumber: sync_number,
          previousProcessId: process_id === processId ? null : process_id,
          labels,
          slots,
          now: row.now,
        },
      ]),
    ),
    reported: row.reported.map(withDates),
    others: row.others.map(withDates),
    dependents: row.dependents.map(withDates),
  };
}

/** The attempts that reports are about, each once. */
function namedIn(calls: SyncCall[]): { id: string; runnerId: string; isSuccess: boolean }[] {
  return calls.flatMap(({ runner, request }) => {
    const isSuccess = new Map<string, boolean>();
    for (const { attempt_id: id, status } of request.reports ?? [])
      if (isId(id)) isSuccess.set(id, isSuccess.get(id) === true || status === "success");
    return [...isSuccess].map(([id, success]) => ({ id, runnerId: runner.id, isSuccess: success }));
  });
}

function isRun(row: RunRow | { id: null }): row is RunRow {
  return row.id !== null;
}

const TIMES = ["ended_at", "started_at", "dispatched_at", "task_started_at", "task_finished_at"];

function withDates<T extends object>(row: InJson<T>): T {
  const copy: Record<string, unknown> = { ...row };
  for (const name of TIMES) if (typeof copy[name] === "string") copy[name] = new Date(copy[name]);
  return copy as T;
}
