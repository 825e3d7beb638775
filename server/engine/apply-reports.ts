import { LEASE_LOST, type Report, type ReportAnswer } from "../../runner/protocol";
import type { Actor, RunDraft, TaskFacts } from "../core/run-draft";
import type { TaskChange } from "../core/transitions";
import type { AttemptChanges } from "./attempt-changes";
import { taskFacts } from "./load-tasks";
import type { ReportedAttempt } from "./runner-attempts";
import type { Settings } from "./settings";
import { storableText } from "./storable-text";

const CHANGE = {
  running: "start",
  success: "report-success",
  failed: "report-failed",
  canceled: "report-canceled",
  "submit-failed": "report-submit-failed",
} as const satisfies Record<Report["status"], TaskChange>;

/** How long after time limit and grace the server gives up on a silent runner. */
const SILENT_SECONDS = 60;
const REASON_MAX = 2_000;

/** What is known of an attempt while the reports of one request are applied. */
interface Known {
  row: ReportedAttempt;
  draft: RunDraft;
  task: TaskFacts;
  started: boolean;
  ended: { by: "runner" | "server"; status: string | null; exitCode: number | null } | null;
}

/**
 * Applies a runner's reports, in their order, to the locked runs, and answers each: only its live attempt changes a
 * task, a repeated report changes nothing, any other is `lease_lost`.
 */
export function applyReports(
  reports: Report[],
  rows: ReportedAttempt[],
  drafts: RunDraft[],
  given: { attempts: AttemptChanges; actor: Actor; settings: Settings },
): ReportAnswer[] {
  const draftOf = new Map(drafts.map((draft) => [draft.run.id, draft]));
  const known = new Map<string, Known>();
  for (const row of rows) {
    const draft = draftOf.get(row.run_id);
    if (!draft) continue;
    known.set(row.the_attempt_id, {
      row,
      draft,
      task: draft.take(taskFacts(row)),
      started: row.started_at !== null,
      ended:
        row.ended_at === null || row.ended_by === null
          ? null
          : { by: row.ended_by, status: row.reported_status, exitCode: row.exit_code },
    });
  }
  return reports.map((report) => {
    const attempt = known.get(report.attempt_id);
    const accepted = attempt !== undefined && acceptReport(report, attempt, given);
    return accepted
      ? { attempt_id: report.attempt_id, accepted }
      : { attempt_id: report.attempt_id, accepted: false, code: LEASE_LOST };
  });
}

function acceptReport(
  report: Report,
  attempt: Known,
  given: { attempts: AttemptChanges; actor: Actor; settings: Settings },
): boolean {
  const exitCode = report.exit_code ?? null;
  if (attempt.ended) {
    if (attempt.ended.by === "server") return false;
    return (
      report.status === "running" || (report.status === attempt.ended.status && exitCode === attempt.ended.exitCode)
    );
  }
  if (report.status === "running" && attempt.started) return true;
  const { draft, task } = attempt;
  const reason = reasonOf(report, task);
  const data = {
    attempt_id: attempt.row.the_attempt_id,
    ...(report.at === undefined ? {} : { reported_at: storableText(report.at) }),
  };
  if (!draft.apply(task, CHANGE[report.status], given.actor, { reason, exitCode, data }))
    throw new Error(`task ${task.id} is ${task.status} while its attempt ${attempt.row.the_attempt_id} is live`);
  if (report.status === "running") {
    attempt.started = true;
    given.attempts.started.push(startOf(attempt, given.settings));
    return true;
  }
  attempt.ended = { by: "runner", status: report.status, exitCode };
  given.attempts.ended.push({
    id: attempt.row.the_attempt_id,
    endedAt: draft.now,
    endedBy: "runner",
    startedAt: task.startedAt,
    reportedStatus: report.status,
    exitCode,
    reason,
    outputs: report.outputs ? storableRecord(report.outputs) : null,
  });
  return true;
}

function startOf(attempt: Known, settings: Settings) {
  const { draft, row } = attempt;
  const limit = row.limit_seconds;
  return {
    id: row.the_attempt_id,
    startedAt: draft.now,
    deadlineSeconds: limit === null ? null : limit + settings.graceSeconds + SILENT_SECONDS,
    leaseSeconds: settings.runningLeaseSeconds,
  };
}

/** Cut before it is made storable: the cut may halve a character. A cancel keeps the words of whoever asked for it unless its runner has better ones. */
function reasonOf(report: Report, task: TaskFacts): string | null {
  if (report.reason) return storableText(report.reason.slice(0, REASON_MAX));
  if (task.status === "cancel-requested" && report.status !== "failed" && report.status !== "success")
    return task.reason;
  return null;
}

function storableRecord(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [storableText(name), storableText(value)]));
}
