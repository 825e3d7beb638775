import { z } from "zod";

/** What is used of a recorded execution in WfFormat 1.5 (wfcommons.org). */
const instance = z.object({
  name: z.string().optional(),
  workflow: z.object({
    specification: z.object({
      tasks: z.array(
        z.object({ id: z.string(), name: z.string().optional(), parents: z.array(z.string()).default([]) }),
      ),
    }),
    execution: z
      .object({ tasks: z.array(z.object({ id: z.string(), runtimeInSeconds: z.number().min(0) })) })
      .optional(),
  }),
});

const KEY_MAX = 63;
const NAME_MAX = 200;

export interface TimedStep {
  key: string;
  needs: string[];
  /** How long it takes at this speed. */
  seconds: number;
}

export interface WfWorkflow {
  /** As it is sent to the server. */
  definition: {
    name: string;
    description: string;
    steps: Record<string, { name: string; needs: string[]; run: string }>;
  };
  steps: TimedStep[];
}

/** Whether a parsed JSON file is a recorded execution and not a workflow definition. */
export function isWfFormat(value: unknown): boolean {
  return instance.safeParse(value).success;
}

/** A workflow of the same shape in which every task sleeps its recorded run time divided by `speed`. */
export function fromWfFormat(value: unknown, { name, speed }: { name: string; speed: number }): WfWorkflow {
  const { workflow } = instance.parse(value);
  const seconds = new Map(workflow.execution?.tasks.map((task) => [task.id, task.runtimeInSeconds / speed]));
  const keys = uniqueKeys(workflow.specification.tasks.map((task) => task.id));
  const steps = workflow.specification.tasks.map((task): TimedStep & { id: string } => ({
    id: task.id,
    key: keyOf(keys, task.id),
    needs: [...new Set(task.parents)].map((parent) => keyOf(keys, parent)),
    seconds: Math.round((seconds.get(task.id) ?? 0) * 1000) / 1000,
  }));
  return {
    definition: {
      name,
      description: `Recorded execution, ${steps.length} tasks, ${speed} times as fast: every task only sleeps.`,
      steps: Object.fromEntries(
        steps.map(({ id, key, needs, seconds: time }) => [
          key,
          { name: [...id].slice(0, NAME_MAX).join(""), needs, run: `sleep ${time.toFixed(3)}` },
        ]),
      ),
    },
    steps: steps.map(({ key, needs, seconds: time }) => ({ key, needs, seconds: time })),
  };
}

/** Keys of the format for ids of any form; what is told apart only by its path or its length gets a number. */
export function uniqueKeys(ids: readonly string[]): Map<string, string> {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  for (const id of ids) {
    if (keys.has(id)) throw new Error(`task ${id} is there twice`);
    // NFCORE_SAREK.SAREK.MULTIQC_3: the last part is what people know the task by.
    const last = id.split(".").findLast((part) => part !== "") ?? id;
    const clean = last.replace(/[^A-Za-z0-9_-]+/g, "_");
    const base = /^[A-Za-z]/.test(clean) ? clean : `t_${clean}`;
    let key = base.slice(0, KEY_MAX);
    for (let number = 2; taken.has(key); number++) key = `${base.slice(0, KEY_MAX - `-${number}`.length)}-${number}`;
    taken.add(key);
    keys.set(id, key);
  }
  return keys;
}

function keyOf(keys: ReadonlyMap<string, string>, id: string): string {
  const key = keys.get(id);
  if (key === undefined) throw new Error(`a task has the parent ${id}, which is not in the file`);
  return key;
}
