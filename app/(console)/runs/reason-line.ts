import type { RunSummary } from "@/server/read/run-summary";

/** In a few words why the run stands as it does; null when its status says everything. */
export function reasonLine(run: RunSummary): string | null {
  if (run.firstFailure) {
    const { key, status, exitCode, reason } = run.firstFailure;
    if (reason === "timed-out") return `${key}: time limit exceeded`;
    if (reason === "runner-lost") return `${key}: runner lost`;
    if (status === "submit-failed") return `${key}: could not start`;
    if (exitCode !== null) return `${key}: exit ${exitCode}`;
    return `${key}: ${firstLine(reason) ?? "failed"}`;
  }
  if (run.status === "aborted") return run.settled ? null : "tasks are being stopped";
  if (run.counts.canceled > 0) return `${run.counts.canceled} canceled`;
  if (run.settled) return null;
  if (run.dispatch === "manual" && run.readyCount > 0) return `${run.readyCount} ready to dispatch`;
  if (run.counts.dispatched > 0 && run.counts.running === 0) return `${run.counts.dispatched} waiting for a runner`;
  return null;
}

function firstLine(text: string | null): string | null {
  return text?.split("\n", 1)[0]?.slice(0, 120) ?? null;
}
