import { type AttemptFact, type Facts, nameOf } from "./facts";
import { CLEAR_UP_MS } from "./times";

/** Whether everything was started once, after what it needs, and gone when it was over, as sentences about what was not. */
export function judgeOrder(facts: Facts): string[] {
  return [...startedTwice(facts), ...startedTooEarly(facts), ...outlived(facts)];
}

function startedTwice({ ledger }: Facts): string[] {
  return [...ledger.values()]
    .filter(({ starts }) => starts.length !== 1)
    .map(({ key, attempt, starts }) => `${nameOf({ key, number: attempt })} was started ${starts.length} times`);
}

function startedTooEarly({ ledger, plan }: Facts): string[] {
  const doneAt = new Map<string, number>();
  for (const { key, end } of ledger.values())
    if (end?.exitCode === 0) doneAt.set(key, Math.min(end.atMs, doneAt.get(key) ?? Number.POSITIVE_INFINITY));
  return [...ledger.values()].flatMap(({ key, attempt, starts }) => {
    const needs = plan.steps.find((step) => step.key === key)?.needs ?? [];
    const missing = needs.filter((need) =>
      starts.some(({ atMs }) => atMs < (doneAt.get(need) ?? Number.POSITIVE_INFINITY)),
    );
    return missing.map((need) => `${nameOf({ key, number: attempt })} was started before ${need} had ended well`);
  });
}

/**
 * Two things are known and not judged, because the runner does not promise them yet. Once its own lease has run out it takes
 * the grace to stop the processes, while the server may already have given a task that was only queued to another runner:
 * two attempts of one task can overlap by that much. And of a runner that is away, killed or stopped, nobody ends the
 * processes until it is back. What is judged is that they go in time as soon as their runner is there.
 */
function outlived(facts: Facts): string[] {
  return facts.attempts.flatMap((attempt) => {
    const seen = facts.lastSeenMs.get(attempt.id);
    if (seen === undefined || attempt.endedAt === null) return [];
    const lateMs = Math.round(seen - goneBy(facts, attempt));
    if (lateMs <= 0) return [];
    return [`processes of ${nameOf(attempt)} were seen ${lateMs} ms after they had to be gone`];
  });
}

function goneBy(facts: Facts, attempt: AttemptFact): number {
  const away = facts.disturbances.filter(
    (one) => one.isAway && (one.runnerId === null || one.runnerId === attempt.runnerId),
  );
  return Math.max(attempt.endedAt ?? 0, ...away.map(({ toMs }) => toMs)) + CLEAR_UP_MS;
}
