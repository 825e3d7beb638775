import type { Attempt } from "./attempt";

/** An attempt that the runner has: its process, what the server asked for, and until when the runner may believe in it. */
export interface LiveAttempt {
  id: string;
  attempt: Attempt;
  label: string;
  hasStarted: boolean;
  /** The server has answered `running`, so the longer lease holds. */
  isRunningKnown: boolean;
  isCancelAsked: boolean;
  /** It is being stopped, and the server is told nothing. */
  isQuiet: boolean;
  /** The process has ended; its report is on its way. */
  hasEnded: boolean;
  /** On the monotonic clock, in milliseconds. */
  leaseUntil: number;
}

/** What the server is told about an attempt that has not been reported as ended. */
export function heldStatusOf(live: LiveAttempt): "queued" | "running" | "cancel-requested" {
  if (live.isCancelAsked) return "cancel-requested";
  return live.hasStarted ? "running" : "queued";
}

/** Counts the lease from when the request that listed the attempt was sent, which is never later than the server counts from. */
export function extendLease(live: LiveAttempt, sentAt: number, seconds: { queued: number; running: number }): void {
  const lease = live.isRunningKnown ? seconds.running : seconds.queued;
  live.leaseUntil = Math.max(live.leaseUntil, sentAt + lease * 1000);
}
