import type { Facts } from "./facts";

const OVER = ["success", "failed", "canceled", "submit-failed"];

/** Whether what people were promised was kept, as sentences about what was not. */
export function judgePeople({ asked, runStatus, tasks, attempts }: Facts): string[] {
  const found: string[] = [];
  const { abort, cancel } = asked;
  if (abort?.answer === 200) {
    if (runStatus !== "aborted") found.push(`the run is ${runStatus}, although its abort was acknowledged`);
    for (const { key, status } of tasks)
      if (!OVER.includes(status)) found.push(`${key} is ${status} in an aborted run that has settled`);
    const late = attempts.filter(({ claimedAt }) => claimedAt > abort.answeredAtMs);
    for (const { key } of late) found.push(`${key} was claimed after the abort was acknowledged`);
  } else if (runStatus === "aborted") found.push("the run is aborted, and nobody was told so");
  if (cancel?.answer === 200) {
    const task = tasks.find(({ key }) => key === cancel.key);
    if (!task || !OVER.includes(task.status)) found.push(`${cancel.key} is ${task?.status} after its cancel`);
    // Nobody reruns anything here.
    const late = attempts.filter(({ key, claimedAt }) => key === cancel.key && claimedAt > cancel.answeredAtMs);
    if (late.length > 0) found.push(`${cancel.key} was claimed again after its cancel`);
  }
  return found;
}
