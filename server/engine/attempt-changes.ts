/** An attempt that a claim makes. */
export interface NewAttempt {
  id: string;
  taskId: string;
  runId: string;
  number: number;
  runnerId: string;
  instanceId: string;
  syncNumber: string;
  claimedAt: Date;
  /** Counted from the write, not from `claimedAt`: a process that stood still in between gives a full lease all the same. */
  leaseSeconds: number;
}

/** An attempt whose process has started; its deadline is when a silent time limit is over. Both count from the write. */
export interface AttemptStart {
  id: string;
  startedAt: Date;
  deadlineSeconds: number | null;
  leaseSeconds: number;
}

export interface AttemptEnd {
  id: string;
  endedAt: Date;
  endedBy: "runner" | "server";
  startedAt: Date | null;
  reportedStatus: string | null;
  exitCode: number | null;
  reason: string | null;
  outputs: Record<string, string> | null;
}

/** What one transaction does to attempts, written together with its drafts. */
export class AttemptChanges {
  readonly made: NewAttempt[] = [];
  readonly started: AttemptStart[] = [];
  readonly ended: AttemptEnd[] = [];

  get isEmpty(): boolean {
    return this.made.length === 0 && this.started.length === 0 && this.ended.length === 0;
  }
}
