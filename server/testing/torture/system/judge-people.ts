import { type AttemptFact, type Facts, isExplained, nameOf, type Question } from "./facts";
import { CLEAR_UP_MS, LEASES } from "./times";

const OVER = ["success", "failed", "canceled", "submit-failed"];

/** Whether what people were promised was kept, as sentences about what was not. */
export function judgePeople(facts: Facts): string[] {
  const { asked, runStatus, tasks, attempts } = facts;
  const found: string[] = [];
  const { abort, cancel } = asked;
  if (abort?.answer === 200) {
    if (runStatus !== "aborted") found.push(`the run is ${runStatus}, although its abort was acknowledged`);
    for (const { key, status } of tasks)
      if (!OVER.includes(status)) found.push(`${key} is ${status} in an aborted run that has settled`);
    const late = attempts.filter(({ claimedAt }) => claimedAt > abort.answeredAtMs);
    for (const { key } of late) found.push(`${key} was claimed after the abort was acknowledged`);
    found.push(...wentOn(facts, attempts, abort));
  } else if (runStatus === "aborted") found.push("the run is aborted, and nobody was told so");
  if (cancel?.answer === 200) {
    const task = tasks.find(({ key }) => key === cancel.key);
    if (!task || !OVER.includes(task.status)) found.push(`${cancel.key} is ${task?.status} after its cancel`);
    // Nobody reruns anything here.
    const late = attempts.filter(({ key, claimedAt }) => key === cancel.key && claimedAt > cancel.answeredAtMs);
    if (late.length > 0) found.push(`${cancel.key} was claimed again after its cancel`);
    const own = attempts.filter(({ key }) => key === cancel.key);
    found.push(...wentOn(facts, own, cancel));
  }
  return found;
}

/** What is to be ended ends within the grace and the time to clear up, unless its runner cannot hear of it. */
function wentOn(facts: Facts, attempts: AttemptFact[], { answeredAtMs }: Question): string[] {
  const limit = answeredAtMs + LEASES.graceMs + CLEAR_UP_MS;
  return attempts
    .filter(
      (attempt) => (attempt.endedAt ?? Number.POSITIVE_INFINITY) > limit && !isExplained(facts, attempt, ["loss"]),
    )
    .map((attempt) => `${nameOf(attempt)} went on for long after its end was asked for`);
}
