import type { ModelState, Settled } from "./model-state";
import type { Outcome, OutcomeAttempt } from "./read-outcome";
import type { World } from "./world";

/** What runners were told of their reports is what the attempts say. */
export function judgeReports(world: World, { attempts }: Outcome, states: ModelState[]): void {
  for (const state of states) {
    for (const settled of state.settled) {
      const attempt = attempts.get(settled.report.attempt_id);
      if (attempt) judgeReport(world, settled, attempt);
      else world.violate(`a report of ${settled.report.attempt_id} was answered, which is not there`);
    }
    for (const id of state.lost) {
      const attempt = attempts.get(id);
      if (attempt && attempt.ended_at === null) world.violate(`${attempt.key} (${id}) was told lost and is live`);
    }
  }
}

function judgeReport(world: World, { report, accepted, at }: Settled, attempt: OutcomeAttempt): void {
  const says = `${attempt.key} (${attempt.id}): the report ${report.status} was ${accepted ? "accepted" : "refused"}`;
  const is = `it ended by ${attempt.ended_by} as ${attempt.reported_status}, exit code ${attempt.exit_code}`;
  const isSame =
    attempt.ended_by === "runner" &&
    attempt.reported_status === report.status &&
    attempt.exit_code === (report.exit_code ?? null);
  const endedAt = attempt.seen_end_at?.getTime() ?? Number.POSITIVE_INFINITY;
  if (report.status === "running") {
    if (accepted && attempt.started_at === null) world.violate(`${says}, it never started`);
    if (!accepted && (attempt.ended_by !== "server" || endedAt > at)) world.violate(`${says}, ${is}`);
    return;
  }
  if (accepted && !isSame) world.violate(`${says}, ${is}`);
  if (!accepted && (isSame || endedAt > at)) world.violate(`${says}, ${is}`);
}
