import type { TaskCounts } from "@/server/core/status";
import type { DisplayStatus, Family } from "./display-status";

export interface Segment {
  /** Shown for: its icon, its colour. */
  status: DisplayStatus;
  word: string;
  count: number;
  family: Family;
}

/** A run's counts as the parts of its bar, in reading order; empty parts are left out. `blocked` where it is known. */
export function segmentsOf(counts: TaskCounts, readyCount: number, blocked = 0): Segment[] {
  const ready = Math.min(readyCount, counts.created);
  const behind = Math.min(blocked, counts.created - ready);
  const all: Segment[] = [
    { status: "success", word: "done", count: counts.success, family: "success" },
    { status: "failed", word: "failed", count: counts.failed + counts["submit-failed"], family: "failed" },
    { status: "canceled", word: "canceled", count: counts.canceled, family: "neutral" },
    { status: "skipped", word: "skipped", count: counts.skipped, family: "neutral" },
    { status: "canceling", word: "canceling", count: counts["cancel-requested"], family: "attention" },
    { status: "running", word: "running", count: counts.running, family: "active" },
    { status: "queued", word: "queued", count: counts.queued, family: "active" },
    { status: "dispatched", word: "dispatched", count: counts.dispatched, family: "active" },
    { status: "ready", word: "ready", count: ready, family: "active" },
    { status: "waiting", word: "waiting", count: counts.created - ready - behind, family: "neutral" },
    { status: "blocked", word: "blocked", count: behind, family: "neutral" },
  ];
  return all.filter((segment) => segment.count > 0);
}

/** How many tasks a run has. */
export function totalOf(counts: TaskCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** How many of them need nothing more: success or skipped. */
export function doneOf(counts: TaskCounts): number {
  return counts.success + counts.skipped;
}
