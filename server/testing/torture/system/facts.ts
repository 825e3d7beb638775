import type { Ledger } from "./ledger";
import type { Plan } from "./plan";
import { BACKOFF_MS } from "./times";

/** A time in which something was done to runners, and what may come of it for the attempts that they had. */
export interface Disturbance {
  what: string;
  /** Null: all of them. */
  runnerId: string | null;
  fromMs: number;
  toMs: number;
  /** `unstarted`: only what has not started may be lost. */
  allows: "nothing" | "unstarted" | "disk-full" | "loss";
  /** The runner is stopped or not there: until the end of it nobody ends its processes. */
  isAway: boolean;
}

/** An attempt as the database has it. */
export interface AttemptFact {
  id: string;
  key: string;
  number: number;
  runnerId: string;
  claimedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  endedBy: "runner" | "server" | null;
  reportedStatus: string | null;
  exitCode: number | null;
  reason: string | null;
}

/** What a person asked, when, and the status of the answer. */
export interface Question {
  atMs: number;
  answeredAtMs: number;
  answer: number;
}

/** What people asked for, and how they were answered. */
export interface Asked {
  abort: Question | null;
  cancel: (Question & { key: string }) | null;
}

/** Everything that a schedule is judged by. */
export interface Facts {
  plan: Plan;
  runStatus: string;
  tasks: { key: string; status: string; attempt: number; exit_code: number | null }[];
  attempts: AttemptFact[];
  ledger: Ledger;
  disturbances: Disturbance[];
  /** When a process of each attempt was last seen alive. */
  lastSeenMs: Map<string, number>;
  /** The whole standard output of each attempt as the API tells it; `gap` when entries are missing or double. */
  logs: Map<string, { text: string; gap: string | null }>;
  asked: Asked;
}

/** Whether something was done to the attempt's runner, while it had the attempt, that explains this. */
export function isExplained(facts: Facts, attempt: AttemptFact, allows: Disturbance["allows"][]): boolean {
  return facts.disturbances.some(
    (one) =>
      allows.includes(one.allows) &&
      (one.runnerId === null || one.runnerId === attempt.runnerId) &&
      one.fromMs <= (attempt.endedAt ?? Number.POSITIVE_INFINITY) &&
      one.toMs + BACKOFF_MS >= attempt.claimedAt,
  );
}

/** An attempt in words. */
export function nameOf({ key, number }: { key: string; number: number }): string {
  return `attempt ${number} of ${key}`;
}
