import type { TaskStatus } from "@/server/core/status";
import { LOOKS, taskDisplayStatus } from "../../../../components/status/display-status";
import { formatDuration } from "../../../../components/ui/format-time";

interface NodeFacts {
  status: TaskStatus;
  readiness: "waiting" | "ready" | "blocked";
  reason: string | null;
  exitCode: number | null;
  startedAt?: number | null;
  finishedAt?: number | null;
}

/** The second line of a node: the status in a word, with the exit code of a failure or how long it took. */
export function nodeLine(task: NodeFacts): string {
  const { word } = LOOKS[taskDisplayStatus(task.status, task.readiness, task.reason)];
  const isOutcomeOfCommand = task.reason !== "timed-out" && task.reason !== "runner-lost";
  if (task.status === "failed" && task.exitCode !== null && isOutcomeOfCommand)
    return `${word} · exit ${task.exitCode}`;
  if (task.startedAt && task.finishedAt) return `${word} · ${formatDuration(task.finishedAt - task.startedAt)}`;
  return word;
}
