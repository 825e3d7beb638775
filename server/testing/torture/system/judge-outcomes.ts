import { type AttemptFact, type Facts, isExplained, nameOf } from "./facts";

/** Whether what the database says about each attempt is what the step itself wrote down, as sentences about what is not. */
export function judgeOutcomes(facts: Facts): string[] {
  const found = facts.attempts.flatMap((attempt) =>
    judgeAttempt(facts, attempt).map((why) => `${nameOf(attempt)} ${why}`),
  );
  for (const { attemptId, key } of facts.ledger.values())
    if (!facts.attempts.some(({ id }) => id === attemptId))
      found.push(`${key} was started as attempt ${attemptId}, which the database does not know`);
  for (const task of facts.tasks) {
    const last = facts.attempts.find(({ key, number }) => key === task.key && number === task.attempt);
    if (last && (task.status === "success" || task.status === "failed") && last.exitCode !== task.exit_code)
      found.push(`${task.key} shows exit code ${task.exit_code}, its attempt ended with ${last.exitCode}`);
  }
  return found;
}

function judgeAttempt(facts: Facts, attempt: AttemptFact): string[] {
  const entry = facts.ledger.get(attempt.id);
  const end = entry?.end ?? null;
  if (attempt.endedAt === null) return ["is live although its run has settled"];
  const said = `${attempt.reportedStatus ?? "ended by the server"} (${attempt.reason ?? `exit ${attempt.exitCode}`})`;
  const truth = end === null ? "did not come to its end" : `ended with exit code ${end.exitCode}`;
  const wrong = `is ${said}, but the step ${entry ? truth : "never started"}`;
  if (attempt.endedBy === "server")
    return mayBeLost(facts, attempt) ? [] : [`${wrong}; nothing was done to its runner`];
  switch (attempt.reportedStatus) {
    case "success":
      return end?.exitCode === 0 && attempt.exitCode === 0 ? [] : [wrong];
    case "failed":
      return isTrueFailure(facts, attempt) ? [] : [wrong];
    case "canceled":
      return isTrueCancel(facts, attempt) ? [] : [`${wrong}; nobody asked for that in time`];
    default:
      return isExplained(facts, attempt, ["disk-full"]) && !entry ? [] : [wrong];
  }
}

/** One that started is lost only by what keeps its runner away for long; one that did not also by a drain. */
function mayBeLost(facts: Facts, attempt: AttemptFact): boolean {
  const hasStarted = attempt.startedAt !== null || facts.ledger.has(attempt.id);
  return isExplained(facts, attempt, hasStarted ? ["loss"] : ["loss", "unstarted"]);
}

function isTrueFailure(facts: Facts, attempt: AttemptFact): boolean {
  if (attempt.reason === "disk-full") return isExplained(facts, attempt, ["disk-full"]);
  // Told by a runner that came back, by one that was stopped, or by one whose steps a newer instance has killed.
  const isLoss = ["runner-lost", "runner stopped", "signal SIGKILL", "signal SIGTERM"].includes(attempt.reason ?? "");
  if (isLoss) return isExplained(facts, attempt, ["loss"]);
  const end = facts.ledger.get(attempt.id)?.end;
  return end !== undefined && end !== null && end.exitCode !== 0 && end.exitCode === attempt.exitCode;
}

/** The step may have come to its end while the wish was on its way to the runner, and that is where it was signalled. */
function isTrueCancel(facts: Facts, attempt: AttemptFact): boolean {
  const { abort, cancel } = facts.asked;
  const asked = [abort?.atMs, cancel?.key === attempt.key ? cancel.atMs : undefined].filter((at) => at !== undefined);
  return asked.some((at) => at <= (attempt.endedAt ?? 0));
}
