import { TASK_STATUS_AFTER } from "../../../core/event-status";
import type { EventType } from "../../../core/status";
import type { Facts } from "./facts";
import type { World } from "./world";

interface EventAnswer {
  number: number;
  type: EventType;
  task_key?: string | null;
}

/** Whether the events that the API tells are numbered without gaps and lead to what it tells of the tasks. */
export async function judgeEvents({ server }: World, { tasks }: Facts, runId: string): Promise<string[]> {
  const where = `/workflow-runs/${runId}/events?limit=1000`;
  const { items } = await server.call<{ items: EventAnswer[] }>("GET", where);
  const found: string[] = [];
  const statuses = new Map<string, string>();
  for (const [index, { number, type, task_key }] of items.entries()) {
    if (number !== index + 1) found.push(`the API tells event ${number} in place ${index + 1}`);
    const status = TASK_STATUS_AFTER[type];
    if (status && task_key) statuses.set(task_key, status);
  }
  for (const { key, status } of tasks)
    if ((statuses.get(key) ?? "created") !== status)
      found.push(`the API's events lead to ${statuses.get(key) ?? "created"} for ${key}, which is ${status}`);
  return found;
}
