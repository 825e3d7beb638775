import type { Reason } from "@/server/core/reasons";
import type { TaskRow } from "@/server/read/task-row";

/** In a sentence why a task stands where it does. */
export function whyLine(task: TaskRow, reasons: readonly Reason[] | undefined): string {
  const said = reasons?.map((reason) => reason.message).join("; ");
  switch (task.status) {
    case "created":
      if (said) return said;
      return task.readiness === "ready"
        ? "Ready to be dispatched"
        : task.readiness === "blocked"
          ? "Behind a failure"
          : "Waits for what it needs";
    case "dispatched":
      return said || "Waits for a runner";
    case "queued":
      return said || `Given to ${task.runner ?? "a runner"}`;
    case "running":
      return `On ${task.runner ?? "a runner"}`;
    case "cancel-requested":
      return said || `Being stopped on ${task.runner ?? "a runner"}`;
    case "success":
    case "skipped":
      return task.runner ? `On ${task.runner}` : "";
    case "submit-failed":
      return task.reason === "runner-lost"
        ? "Its runner was lost before it said whether it had started; it can be dispatched again"
        : (task.reason ?? "The runner could not start it; it can be dispatched again");
    default:
      return failure(task);
  }
}

function failure(task: TaskRow): string {
  const where = task.runner ? ` on ${task.runner}` : "";
  if (task.reason === "timed-out") return `Time limit exceeded${where}`;
  if (task.reason === "runner-lost") return `The runner was lost${where}`;
  const exit = task.exitCode === null ? null : `Exit ${task.exitCode}`;
  // "exit code 7" says no more than the number does.
  const said =
    exit !== null && /^exit(ed)?( with)?( code| status)? -?\d+$/i.test(task.reason ?? "") ? null : task.reason;
  const words = [exit, said].filter(Boolean).join(": ");
  return words ? words + where : where.trim();
}
