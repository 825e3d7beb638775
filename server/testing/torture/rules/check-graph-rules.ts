import { depthsOf, findCycles } from "../../../core/workflow-graph";
import { type Dice, pick } from "../../dice";
import { randomDigraph } from "./random-graph";

/** Throws a graph that may have cycles; answers where the validation sees it differently from a plain search. */
export function checkGraphRules(dice: Dice): string[] {
  const graph = randomDigraph(dice);
  const circular = [...graph.keys()].filter((key) => reaches(graph, key, key));
  const cycles = findCycles(graph);
  const found: string[] = [];
  const shown = () => JSON.stringify([...graph]);
  if (cycles.length > 0 !== circular.length > 0) found.push(`${cycles.length} cycles found in ${shown()}`);
  const groups = new Set(circular.map((key) => groupOf(graph, key, circular)));
  if (cycles.length !== groups.size) found.push(`${cycles.length} cycles for ${groups.size} circles in ${shown()}`);
  for (const cycle of cycles)
    for (const [index, key] of cycle.entries()) {
      const next = cycle[(index + 1) % cycle.length] ?? "";
      if (!graph.get(key)?.includes(next)) found.push(`${key} does not need ${next} in ${shown()}`);
    }
  const depths = depthsOf(graph);
  const key = pick(dice, [...graph.keys()]);
  const depth = longestPath(graph, key, new Set());
  if (depths.get(key) !== depth) found.push(`depth of ${key} is ${depths.get(key)}, not ${depth}, in ${shown()}`);
  return found;
}

/** Whether one or more steps along the edges lead from a node to another. */
function reaches(graph: Map<string, string[]>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [...(graph.get(from) ?? [])];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (key === to) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...(graph.get(key) ?? []));
  }
  return false;
}

function groupOf(graph: Map<string, string[]>, key: string, circular: string[]): string {
  return circular.filter((other) => reaches(graph, key, other) && reaches(graph, other, key)).join(" ");
}

/** The longest path down from a node; undefined in or behind a cycle. */
function longestPath(graph: Map<string, string[]>, key: string, above: Set<string>): number | undefined {
  if (above.has(key)) return undefined;
  let depth = 0;
  for (const need of graph.get(key) ?? []) {
    const below = longestPath(graph, need, new Set([...above, key]));
    if (below === undefined) return undefined;
    depth = Math.max(depth, below + 1);
  }
  return depth;
}
