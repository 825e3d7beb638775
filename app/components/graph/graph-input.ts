import type { GraphInput } from "@/server/core/graph-layers";

/** Beyond so many tasks a depth is one node. */
export const DRAWN_MAX = 1_000;

/** Tasks and what they need, as the layout takes it. */
export function graphInput(tasks: readonly { id: string; key: string; needs: readonly string[] }[]): GraphInput {
  const idOf = new Map(tasks.map((task) => [task.key, task.id]));
  const edges = tasks.flatMap((task) =>
    task.needs.flatMap((need) => {
      const from = idOf.get(need);
      return from === undefined ? [] : [{ from, to: task.id }];
    }),
  );
  return { nodes: tasks.map(({ id }) => ({ id })), edges };
}
