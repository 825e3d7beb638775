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
  } else if (runStatus === "aborted") found.push("the run is aborted, and nobody was told so");
  if (cancel?.answer === 200) {
    const task = tasks.find(({ key }) => key === cancel.key);
    if (!task || !OVER.includes(task.status)) found.push(`${cancel.key} is ${task?.status} after its cancel`);
    // A cancel is final: nobody reran it.
    const late = attempts.filter(({ key, claimedAt }) => key === cancel.key && claimedAt > cancel.atMs + ANSWER_MS);
    if (late.length > 0) found.push(`${cancel.key} was claimed again after its cancel`);
  }
  return found;
}

/** The request may wait for a server that is being started again, and claims go on until it is served. */
const ANSWER_MS = 15_000;
