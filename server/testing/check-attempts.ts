export interface StoredAttempt {
  key: string;
  number: number;
  claimed_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  task_attempt: number;
  /** The task's present attempt, where it names one. */
  is_current: boolean;
}

/** What is wrong with a run's attempts: numbers 1 to n, at most the last one live, claimed before started before ended. */
export function attemptViolations(attempts: StoredAttempt[]): string[] {
  const found: string[] = [];
  const byKey = new Map<string, StoredAttempt[]>();
  for (const attempt of attempts) byKey.set(attempt.key, [...(byKey.get(attempt.key) ?? []), attempt]);
  for (const [key, list] of byKey) {
    list.sort((a, b) => a.number - b.number);
    const numbers = list.map((attempt) => attempt.number).join();
    if (numbers !== list.map((_, index) => index + 1).join()) found.push(`${key} has the attempts ${numbers}`);
    if (list.length !== list[0]?.task_attempt)
      found.push(`${key} has ${list.length} attempts and counts ${list[0]?.task_attempt}`);
    list.forEach((attempt, index) => {
      const { number, claimed_at, started_at, ended_at } = attempt;
      const next = list[index + 1];
      if (ended_at === null && next) found.push(`attempt ${number} of ${key} is live and not the last`);
      if (ended_at === null && !attempt.is_current)
        found.push(`attempt ${number} of ${key} is live and not the task's`);
      if (started_at !== null && started_at < claimed_at) found.push(`attempt ${number} of ${key} started unclaimed`);
      if (ended_at !== null && ended_at < (started_at ?? claimed_at))
        found.push(`attempt ${number} of ${key} ended before it began`);
      if (ended_at !== null && next && next.claimed_at < ended_at)
        found.push(`attempt ${next.number} of ${key} was claimed before the one before it had ended`);
    });
  }
  return found;
}
