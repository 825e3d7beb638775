import { type AttemptFact, type Facts, isExplained, nameOf } from "./facts";
import { stepOutput } from "./step-script";

/** Whether the output that the API tells is what the steps printed, as sentences about what is not. */
export function judgeLogs(facts: Facts): string[] {
  return facts.attempts.flatMap((attempt) => {
    const log = facts.logs.get(attempt.id);
    if (!log) return [];
    if (log.gap !== null) return [`the log of ${nameOf(attempt)} ${log.gap}`];
    const whole = outputOf(facts, attempt);
    if (!whole.startsWith(log.text))
      return [`the log of ${nameOf(attempt)} is not what it printed: ${differing(log.text, whole)}`];
    if (isWholeDue(facts, attempt) && log.text !== whole)
      return [`the log of ${nameOf(attempt)} ends after ${log.text.length} of ${whole.length} characters`];
    return [];
  });
}

/** Whether the end of the output is still awaited. */
export function isLogAwaited(facts: Facts, attempt: AttemptFact): boolean {
  const log = facts.logs.get(attempt.id);
  return log !== undefined && isWholeDue(facts, attempt) && log.text !== outputOf(facts, attempt);
}

/**
 * A runner reports how a step ended after its whole output is on the disk, so not even kill -9 loses any of it. A full disk
 * does; and a newer instance clears the state directory of what it does not know while the older one may still begin.
 */
function isWholeDue(facts: Facts, attempt: AttemptFact): boolean {
  const isOwnEnd = attempt.reportedStatus === "success" || attempt.reason?.startsWith("exit ") === true;
  const isReplaced = facts.disturbances.some(
    ({ what, runnerId }) => what === "replaced" && runnerId === attempt.runnerId,
  );
  return isOwnEnd && attempt.endedBy === "runner" && !isReplaced && !isExplained(facts, attempt, ["disk-full"]);
}

function outputOf({ plan }: Facts, { key }: AttemptFact): string {
  const step = plan.steps.find((one) => one.key === key);
  return step ? stepOutput(step) : "";
}

function differing(text: string, whole: string): string {
  let at = 0;
  while (text[at] === whole[at]) at += 1;
  return `at character ${at} it has ${JSON.stringify(text.slice(at, at + 30))} instead of ${JSON.stringify(whole.slice(at, at + 30))}`;
}
