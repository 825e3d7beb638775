import type { Mutant } from "./mutant";

const service = (name: string, file: string, patch: Pick<Mutant, "find" | "replace" | "why">): Mutant => ({
  name,
  tier: "service",
  file: `server/engine/${file}`,
  ...patch,
});

/** Wrong transactions: locks, fences, claims, leases. */
export const SERVICE_MUTANTS: Mutant[] = [
  service("no-run-lock", "lock-runs.ts", {
    find: "text: LOCK[locator.by],",
    replace: `text: LOCK[locator.by].replace(" FOR UPDATE", ""),`,
    why: "two transactions change one run at once",
  }),
  service("lock-after-read", "lock-runs.ts", {
    find: `    tx.query<RunRow>({ name: \`lock_runs_\${locator.by}\`, text: LOCK[locator.by], values: lockValues(locator) }),
    // Sent behind it, so read when the locks are had.
    readClock(tx),
  ]);`,
    replace: `    tx.query<RunRow>(LOCK[locator.by].replace(" FOR UPDATE", ""), lockValues(locator)),
    readClock(tx),
    tx.query(LOCK[locator.by], lockValues(locator)),
  ]);`,
    why: "the run is read before its lock is had",
  }),
  service("syncs-without-run-lock", "load-syncs.ts", {
    find: "a.runner_id = x.runner_id) ORDER BY r.id FOR UPDATE",
    replace: "a.runner_id = x.runner_id) ORDER BY r.id",
    why: "reports change a run that somebody else is changing",
  }),
  service("syncs-at-repeatable-read", "transaction.ts", {
    find: `  "BEGIN",`,
    replace: `  "BEGIN ISOLATION LEVEL REPEATABLE READ",`,
    why: "what the lock waited for is not seen",
  }),
  service("runners-not-locked-first", "load-syncs.ts", {
    find: "  ORDER BY r.id FOR NO KEY UPDATE\n",
    replace: "  ORDER BY r.id\n",
    why: "a runner's attempts are counted before the claim that makes more of them is seen",
  }),
  service("commit-that-is-none", "transaction.ts", {
    find: `tx.query("COMMIT")`,
    replace: `tx.query(Math.random() < 0.01 ? "ROLLBACK" : "COMMIT")`,
    why: "one answer in a hundred is given for nothing",
  }),
  service("needs-counted-singly", "unlock-dependents.ts", {
    find: "draft.meetNeeds(task, met);",
    replace: "draft.meetNeeds(task, 1);",
    why: "two parents that end in one request unlock as one",
  }),
  service("renewal-ignores-queued", "register-syncs.ts", {
    find: "WHERE a.ended_at IS NULL\n), renewed",
    replace: "WHERE a.ended_at IS NULL AND a.started_at IS NOT NULL\n), renewed",
    why: "the lease is not renewed during set-up",
  }),
  service("earlier-instance-accepted", "register-syncs.ts", {
    find: `AND (r.instance_id = g."instanceId" OR NOT EXISTS (`,
    replace: `AND (true OR r.instance_id = g."instanceId" OR NOT EXISTS (`,
    why: "two instances of a runner take turns",
  }),
  service("more-than-free-slots", "apply-syncs.ts", {
    find: "Math.min(free, sync.slots - standing.live)",
    replace: "Math.max(free, sync.slots)",
    why: "a runner is given more than it has room for",
  }),
  service("own-claims-without-room", "claim-own.ts", {
    find: "        if (claimer.room <= 0) break;\n",
    replace: "",
    why: "a runner that reports is given all that its run has",
  }),
  service("claims-across-teams", "claim-own.ts", {
    find: "teamId === draft.run.teamId && room > 0",
    replace: `teamId !== "" && room > 0`,
    why: "a runner in the same batch is given another team's task",
  }),
  service("own-claims-ignore-labels", "claim-own.ts", {
    find: ` || !task.runsOn.every((label) => claimer.labels.includes(label))`,
    replace: "",
    why: "a runner that reports is given what its labels do not fit",
  }),
  service("no-grant-after-a-gap", "record-alive.ts", {
    find: "(SELECT gap FROM beat) > $1",
    replace: "(SELECT gap FROM beat) > $1 * 1000",
    why: "runners lose their leases while no server could hear them",
  }),
  service("running-sent-again", "runner-attempts.ts", {
    find: `          row.status === "queued" &&
          row.instance_id === sync.instanceId &&`,
    replace: "          row.instance_id === sync.instanceId &&",
    why: "an attempt that runs is assigned to its runner again",
  }),
  service("two-syncs-in-one-batch", "batcher.ts", {
    find: "batch.length < this.parts.itemsMax && !keys.has(key)",
    replace: "batch.length < this.parts.itemsMax",
    why: "two requests of one runner in a batch get each other's answer",
  }),
  service("no-attempt-fence", "apply-reports.ts", {
    find: `if (attempt.ended.by === "server") return false;`,
    replace: `if (attempt.ended.by === "server")
      return attempt.draft.apply(attempt.task, CHANGE[report.status], given.actor, { exitCode });`,
    why: "a report of an attempt that the server has ended changes the task of the next one",
  }),
  service("any-end-repeats", "apply-reports.ts", {
    find: `(report.status === attempt.ended.status && exitCode === attempt.ended.exitCode)`,
    replace: "attempt.ended.status !== null",
    why: "another outcome after the end is accepted as a repetition",
  }),
  service("end-compared-by-status", "apply-reports.ts", {
    find: `report.status === attempt.ended.status && exitCode === attempt.ended.exitCode`,
    replace: "report.status === attempt.ended.status",
    why: "a repetition with another exit code is accepted",
  }),
  service("attempt-left-live", "apply-reports.ts", {
    find: "given.attempts.ended.push({",
    replace: `if (report.status !== "failed") given.attempts.ended.push({`,
    why: "a failed task keeps its live attempt",
  }),
  service("unlock-first-success-only", "unlock-dependents.ts", {
    find: "draft.succeeded.map((task) => task.id)",
    replace: "draft.succeeded.slice(0, 1).map((task) => task.id)",
    why: "of several successes in one request only one is counted",
  }),
  service("stale-counts", "write-drafts.ts", {
    find: "dispatch = x.dispatch, counts = x.counts,",
    replace: "dispatch = x.dispatch,",
    why: "the rollup works from counts that nobody writes",
  }),
  service("event-number-not-kept", "write-drafts.ts", {
    find: `last_event_number = x."lastEventNumber",`,
    replace: `last_event_number = x."lastEventNumber" + 1,`,
    why: "every transaction leaves a gap in the events' numbers",
  }),
  service("event-on-no-change", "cancel-task.ts", {
    find: `if (task.status === "canceled" || task.status === "cancel-requested") return;`,
    replace: `if (task.status === "canceled" || task.status === "cancel-requested") {
      draft.record("task.cancel_requested", task.id, actor, {});
      return;
    }`,
    why: "canceling twice is told twice",
  }),
  service("mode-dispatches-nothing", "advance-run.ts", {
    find: "if (!draft.resumesAutoDispatch) return;",
    replace: "if (!draft.resumesAutoDispatch || draft.run.started) return;",
    why: "switching to auto leaves what is ready",
  }),
  service("failure-spares-running", "advance-run.ts", {
    find: `["dispatched", "queued", "running"]`,
    replace: `["dispatched", "queued"]`,
    why: "on-failure: cancel lets running tasks run",
  }),
  service("failure-spares-dispatched", "advance-run.ts", {
    find: `["dispatched", "queued", "running"]`,
    replace: `["queued", "running"]`,
    why: "on-failure: cancel leaves what is dispatched",
  }),
  service("abort-forgets-queued", "abort-run.ts", {
    find: `["created", "dispatched", "queued", "running"]`,
    replace: `["created", "dispatched", "running"]`,
    why: "a queued task of an aborted run goes on",
  }),
  service("abort-forgets-dispatched", "abort-run.ts", {
    find: `["created", "dispatched", "queued", "running"]`,
    replace: `["created", "queued", "running"]`,
    why: "a dispatched task of an aborted run stays for ever",
  }),
  service("abort-forgets-created", "abort-run.ts", {
    find: `["created", "dispatched", "queued", "running"]`,
    replace: `["dispatched", "queued", "running"]`,
    why: "a created task of an aborted run stays created",
  }),
  service("abort-not-final", "dispatch-ready.ts", {
    find: "      if (draft.run.aborted)\n",
    replace: '      if (draft.run.aborted && draft.run.counts["submit-failed"] === 0)\n',
    why: "a task that could not be started is dispatched after the abort",
  }),
  service("sweeper-trusts-its-first-look", "sweep-expired.ts", {
    find: `        WHERE a.run_id = $1 AND a.ended_at IS NULL
          AND (a.lease_expires_at < clock_timestamp() OR a.deadline_at < clock_timestamp())`,
    replace: `        WHERE a.run_id = $1 AND a.ended_at IS NULL`,
    why: "every attempt of a run with one expired lease is ended",
  }),
  service("leases-lost-without-end", "sweep-expired.ts", {
    find: "const LEASES_LOST_MAX = 2;",
    replace: "const LEASES_LOST_MAX = 1_000_000;",
    why: "a task whose lease runs out is dispatched again and again",
  }),
  service("sweeper-forgets-running", "sweep-expired.ts", {
    find: "AND (a.lease_expires_at < clock_timestamp() OR a.deadline_at < clock_timestamp())",
    replace:
      "AND a.started_at IS NULL AND (a.lease_expires_at < clock_timestamp() OR a.deadline_at < clock_timestamp())",
    why: "a running task whose runner has gone runs for ever",
  }),
  service("claim-for-earlier-sync", "claim-for-group.ts", {
    find: "WHERE (id, sync_number) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[]))",
    replace: "WHERE id = ANY($1::uuid[]) AND $2::bigint[] IS NOT NULL",
    why: "work is given to a request that its runner has given up",
  }),
  service("cancel-order-not-repeated", "runner-attempts.ts", {
    find: `const canceled = [...live.values()].filter((row) => row.status === "cancel-requested");`,
    replace: `const canceled = [...live.values()].filter(
    (row) => row.status === "cancel-requested" && held.get(row.the_attempt_id) === "queued",
  );`,
    why: "a running task is never told to stop",
  }),
  service("lost-not-told", "runner-attempts.ts", {
    find: "lost: [...held.keys()].filter((id) => !live.has(id) && !ended.has(id)),",
    replace: "lost: [...held.keys()].filter((id) => !live.has(id) && ended.has(id)),",
    why: "a runner holds on to attempts that the server has ended",
  }),
  service("resend-dropped", "runner-attempts.ts", {
    find: "BigInt(row.sync_number) < BigInt(sync.syncNumber) &&",
    replace: "BigInt(row.sync_number) > BigInt(sync.syncNumber) &&",
    why: "an assignment whose answer was lost is never sent again",
  }),
  service("key-forgotten", "idempotency.ts", {
    find: "if (row && !row.is_old) {",
    replace: "if (row?.is_old) {",
    why: "a repeated request has its effect twice",
  }),
  service("key-not-locked", "idempotency.ts", {
    find: "if (lock.rows[0]?.free !== true)",
    replace: "if (lock.rows.length === 0)",
    why: "two requests with one key at the same instant both have their effect",
  }),
  service("key-not-compared", "idempotency.ts", {
    find: "if (row.body_hash !== bodyHash)",
    replace: "if (row.body_hash === null)",
    why: "another request under a used key gets the first one's answer",
  }),
  service("log-with-gaps", "append-log.ts", {
    find: "if (entry.seq === stored + fresh.length + 1) fresh.push(",
    replace: "if (entry.seq > stored && fresh.every((other) => other.seq !== entry.seq)) fresh.push(",
    why: "log entries behind a gap are stored",
  }),
  service("log-stored-twice", "append-log.ts", {
    find: "if (entry.seq === stored + fresh.length + 1) fresh.push({ ...entry, text: storableText(entry.text) });",
    replace: "fresh.push({ ...entry, seq: stored + fresh.length + 1, text: storableText(entry.text) });",
    why: "log entries that come again are stored again",
  }),
  {
    name: "events-skip-one",
    tier: "service",
    file: "server/read/run-events.ts",
    find: "e.number > $2 ORDER BY e.number",
    replace: "e.number > $2 AND e.number % 7 <> 3 ORDER BY e.number",
    why: "readers of events miss some",
  },
  {
    name: "stream-skips",
    tier: "service",
    file: "server/api/stream.ts",
    find: "return this.recent.slice(number + 1 - oldest, number + 1 - oldest + BATCH);",
    replace: "return this.recent.slice(-1);",
    why: "a viewer that is a little behind gets only the newest event",
  },
];
