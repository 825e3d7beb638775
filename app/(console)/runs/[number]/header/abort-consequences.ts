import type { TaskCounts } from "@/server/core/status";

/** What aborting would do to a run with these counts, one line each. */
export function abortConsequences(counts: TaskCounts): string[] {
  const held = counts.queued + counts.running;
  const lines: string[] = [];
  if (held > 0)
    lines.push(
      `${tasks(held)} on runners ${held === 1 ? "gets" : "get"} SIGTERM, then SIGKILL after the grace period.`,
    );
  if (counts["cancel-requested"] > 0)
    lines.push(
      `${tasks(counts["cancel-requested"])} ${counts["cancel-requested"] === 1 ? "is" : "are"} being stopped already.`,
    );
  if (counts.dispatched > 0) lines.push(`${tasks(counts.dispatched)} waiting for a runner will not start.`);
  if (counts.created > 0) lines.push(`${tasks(counts.created)} will never be dispatched.`);
  if (counts.success > 0)
    lines.push(
      `${tasks(counts.success)} that succeeded ${counts.success === 1 ? "stays" : "stay"} as ${counts.success === 1 ? "it is" : "they are"}.`,
    );
  lines.push("The run ends as aborted. This cannot be undone.");
  return lines;
}

function tasks(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "task" : "tasks"}`;
}
