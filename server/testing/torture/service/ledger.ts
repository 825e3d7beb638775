/** One execution of an attempt, as the tasks themselves write it down, outside of the database. */
export interface Execution {
  key: string;
  runId: string;
  attemptId: string;
  startedAt: number;
  /** Null while it executes. */
  endedAt: number | null;
  /** What it reported, where it did; "stopped" where its runner dropped it. */
  outcome: string | null;
  /** The server has said that the outcome counts. */
  isAccepted: boolean;
  /** When the last request that kept its lease, and was answered, was sent. */
  lastHeldAt: () => number;
}

/** What really happened in one schedule; says at once what must not happen. */
export class Ledger {
  private readonly executions = new Map<string, Execution>();
  private readonly byTask = new Map<string, Execution[]>();

  constructor(
    private readonly given: {
      /** Keys that a task needs. */
      needs: (key: string) => string[];
      leaseMs: number;
      violate: (sentence: string) => void;
    },
  ) {}

  /** An attempt's process starts. */
  start(started: Pick<Execution, "key" | "runId" | "attemptId" | "lastHeldAt">): void {
    const { key, runId, attemptId } = started;
    const { violate, leaseMs } = this.given;
    if (this.executions.has(attemptId)) violate(`${key} was started twice in attempt ${attemptId}`);
    const now = Date.now();
    for (const need of this.given.needs(key)) {
      const ended = this.of(runId, need).some((other) => other.outcome === "success");
      if (!ended) violate(`${key} started before ${need}, which it needs, had ended with success`);
    }
    for (const other of this.of(runId, key)) {
      const silentMs = now - other.lastHeldAt();
      if (other.outcome === null && silentMs < leaseMs)
        violate(`${key} started in ${attemptId} while ${other.attemptId}, heard ${silentMs} ms ago, executes`);
      if (other.outcome === "success" && other.isAccepted)
        violate(`${key} started in ${attemptId} after it had ended with success`);
    }
    const execution: Execution = { ...started, startedAt: now, endedAt: null, outcome: null, isAccepted: false };
    this.executions.set(attemptId, execution);
    this.byTask.set(`${runId} ${key}`, [...this.of(runId, key), execution]);
  }

  /** An attempt's process has ended; what never started is not written. */
  end(attemptId: string, outcome: string): void {
    const execution = this.executions.get(attemptId);
    if (!execution || execution.outcome !== null) return;
    execution.outcome = outcome;
    execution.endedAt = Date.now();
  }

  /** The server has accepted the end that this attempt reported. */
  accept(attemptId: string): void {
    const execution = this.executions.get(attemptId);
    if (execution) execution.isAccepted = true;
  }

  find(attemptId: string): Execution | undefined {
    return this.executions.get(attemptId);
  }

  private of(runId: string, key: string): Execution[] {
    return this.byTask.get(`${runId} ${key}`) ?? [];
  }
}
