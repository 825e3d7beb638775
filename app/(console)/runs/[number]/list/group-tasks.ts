import { type DisplayStatus, LOOKS, taskDisplayStatus } from "../../../../components/status/display-status";
import type { RunTask } from "../run-store";

export type ListItem = { kind: "head"; word: string; count: number } | { kind: "task"; task: RunTask };

/** What needs a look comes first, what is done last. */
const ORDER: DisplayStatus[] = [
  "failed",
  "timed-out",
  "lost",
  "submit-failed",
  "canceling",
  "ready",
  "running",
  "queued",
  "dispatched",
  "waiting",
  "blocked",
  "canceled",
  "skipped",
  "success",
];

/** Tasks under a heading for each status, in template order inside. */
export function groupTasks(tasks: readonly RunTask[], hideDone: boolean): ListItem[] {
  const groups = new Map<DisplayStatus, RunTask[]>();
  for (const task of tasks) {
    const status = taskDisplayStatus(task.status, task.readiness, task.reason);
    if (hideDone && status === "success") continue;
    const group = groups.get(status);
    if (group) group.push(task);
    else groups.set(status, [task]);
  }
  return ORDER.flatMap((status): ListItem[] => {
    const group = groups.get(status);
    if (!group) return [];
    return [
      { kind: "head", word: LOOKS[status].word, count: group.length },
      ...group.map((task): ListItem => ({ kind: "task", task })),
    ];
  });
}
