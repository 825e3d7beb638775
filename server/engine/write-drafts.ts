import type { RunDraft } from "../core/run-draft";
import type { Tx } from "../db/pool";
import type { AttemptChanges } from "./attempt-changes";

// One statement writes everything a transaction decided, for any number of runs, under the locks of those runs. The
// task update is a compare-and-set: a row whose status is no longer what the rules saw is not written, and the caller
// rolls back: the text that is no number fails the statement, and with it the commit that may already be on its way.
// Attempts are ended only while they are live. Relies on primary keys alone.
const WRITE = `
WITH task_written AS (
  UPDATE task t SET status = x.status, unmet_needs = x."unmetNeeds", attempt = x.attempt, leases_lost = x."leasesLost",
    attempt_id = x."attemptId", runner_id = x."runnerId", reason = x.reason, exit_code = x."exitCode",
    dispatched_at = x."dispatchedAt", started_at = x."startedAt", finished_at = x."finishedAt"
  FROM json_to_recordset($1::json) AS x(id uuid, was text, status text, "unmetNeeds" int, attempt int,
    "leasesLost" int, "attemptId" uuid, "runnerId" uuid, reason text, "exitCode" int, "dispatchedAt" timestamptz,
    "startedAt" timestamptz, "finishedAt" timestamptz)
  WHERE t.id = x.id AND t.status = x.was RETURNING 1
), attempt_started AS (
  UPDATE attempt a SET started_at = x."startedAt",
    deadline_at = clock_timestamp() + make_interval(secs => x."deadlineSeconds"),
    lease_expires_at = GREATEST(a.lease_expires_at, clock_timestamp() + make_interval(secs => x."leaseSeconds"))
  FROM json_to_recordset($2::json) AS x(id uuid, "startedAt" timestamptz, "deadlineSeconds" float8,
    "leaseSeconds" float8)
  WHERE a.id = x.id AND a.ended_at IS NULL
), attempt_ended AS (
  UPDATE attempt a SET ended_at = x."endedAt", ended_by = x."endedBy", lease_expires_at = NULL,
    started_at = COALESCE(a.started_at, x."startedAt"), reported_status = x."reportedStatus", exit_code = x."exitCode",
    reason = x.reason, outputs = x.outputs
  FROM json_to_recordset($3::json) AS x(id uuid, "endedAt" timestamptz, "endedBy" text, "startedAt" timestamptz,
    "reportedStatus" text, "exitCode" int, reason text, outputs jsonb)
  WHERE a.id = x.id AND a.ended_at IS NULL RETURNING 1
), attempt_made AS (
  INSERT INTO attempt (id, task_id, run_id, number, runner_id, instance_id, sync_number, claimed_at, lease_expires_at)
  SELECT id, "taskId", "runId", number, "runnerId", "instanceId", "syncNumber", "claimedAt",
    clock_timestamp() + make_interval(secs => "leaseSeconds")
  FROM json_to_recordset($4::json) AS x(id uuid, "taskId" uuid, "runId" uuid, number int, "runnerId" uuid,
    "instanceId" text, "syncNumber" bigint, "claimedAt" timestamptz, "leaseSeconds" float8)
), event_written AS (
  INSERT INTO event (run_id, number, type, task_id, at, actor_type, actor_id, actor_name, data)
  SELECT "runId", number, type, "taskId", at, "actorType", "actorId", "actorName", data
  FROM json_to_recordset($5::json) AS x("runId" uuid, number int, type text, "taskId" uuid, at timestamptz,
    "actorType" text, "actorId" text, "actorName" text, data jsonb)
), run_written AS (
  UPDATE workflow_run r SET status = x.status, settled = x.settled, aborted = x.aborted, paused = x.paused,
    started = x.started, dispatch = x.dispatch, counts = x.counts, last_event_number = x."lastEventNumber",
    last_event_at = x."lastEventAt", started_at = x."startedAt", finished_at = x."finishedAt"
  FROM json_to_recordset($6::json) AS x(id uuid, status text, settled boolean, aborted boolean, paused boolean,
    started boolean, dispatch text, counts jsonb, "lastEventNumber" int, "lastEventAt" timestamptz,
    "startedAt" timestamptz, "finishedAt" timestamptz)
  WHERE r.id = x.id
)
SELECT CASE WHEN w.tasks = $7::int AND w.ended = $8::int THEN 0
  ELSE format('lost update: wrote %s of %s tasks, ended %s of %s attempts', w.tasks, $7, w.ended, $8)::int END
FROM (SELECT (SELECT count(*)::int FROM task_written) AS tasks, (SELECT count(*)::int FROM attempt_ended) AS ended) w`;

/** Writes what the drafts decided; fails, so that the transaction rolls back, if a row was not as the rules saw it. */
export async function writeDrafts(tx: Tx, drafts: RunDraft[], attempts: AttemptChanges): Promise<void> {
  const tasks = drafts.flatMap((draft) => draft.changedTasks());
  const touched = drafts.filter((draft) => draft.events.length > 0);
  if (tasks.length === 0 && touched.length === 0 && attempts.isEmpty) return;
  // An attempt that starts and ends in one transaction is one write: a row is updated only once per statement.
  const ending = new Set(attempts.ended.map((end) => end.id));
  await tx.query({
    name: "write_drafts",
    text: WRITE,
    values: [
      JSON.stringify(tasks.map(taskRow)),
      JSON.stringify(attempts.started.filter((start) => !ending.has(start.id))),
      JSON.stringify(attempts.ended),
      JSON.stringify(attempts.made),
      JSON.stringify(touched.flatMap(eventRows)),
      JSON.stringify(touched.map((draft) => ({ ...draft.run, lastEventAt: draft.now }))),
      tasks.length,
      attempts.ended.length,
    ],
  });
}

/** Only what may change: the statement reads every field of every row again. */
function taskRow({ facts, from }: ReturnType<RunDraft["changedTasks"]>[number]) {
  return {
    id: facts.id,
    was: from,
    status: facts.status,
    unmetNeeds: facts.unmetNeeds,
    attempt: facts.attempt,
    leasesLost: facts.leasesLost,
    attemptId: facts.attemptId,
    runnerId: facts.runnerId,
    reason: facts.reason,
    exitCode: facts.exitCode,
    dispatchedAt: facts.dispatchedAt,
    startedAt: facts.startedAt,
    finishedAt: facts.finishedAt,
  };
}

function eventRows(draft: RunDraft) {
  const at = draft.now.toISOString();
  return draft.events.map((event) => ({
    runId: draft.run.id,
    number: event.number,
    type: event.type,
    taskId: event.taskId,
    at,
    actorType: event.actor.type,
    actorId: event.actor.id,
    actorName: event.actor.name,
    data: event.data,
  }));
}
