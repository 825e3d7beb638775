import { settings } from "./settings";

export interface Run {
  id: string;
  number: number;
  status: string;
  settled: boolean;
  counts: Record<string, number>;
}

export interface Task {
  id: string;
  key: string;
  status: string;
}

/** Calls the REST API and answers the body; anything but 2xx throws. */
export async function rest<T>(
  method: "GET" | "POST",
  path: string,
  body?: unknown,
  token = settings.apiToken,
): Promise<T> {
  const response = await fetch(`${settings.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** A run of steps given in the format's own words. */
export function createRun(
  name: string,
  steps: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<Run> {
  return rest<Run>("POST", "/api/v1/workflow-runs", { definition: { name, steps }, ...more });
}

/** How a run stands. */
export function readRun(id: string): Promise<Run> {
  return rest<Run>("GET", `/api/v1/workflow-runs/${id}`);
}

/** A run's tasks by key. */
export async function readTasks(id: string): Promise<Record<string, Task>> {
  const { items } = await rest<{ items: Task[] }>("GET", `/api/v1/workflow-runs/${id}/tasks`);
  return Object.fromEntries(items.map((task) => [task.key, task]));
}

/** Everything a task wrote so far. */
export async function readLog(taskId: string): Promise<string> {
  const { items } = await rest<{ items: { text: string }[] }>("GET", `/api/v1/tasks/${taskId}/logs`);
  return items.map((entry) => entry.text).join("");
}
