import type { GraphInput } from "./graph-layers";
import { depthsOf } from "./workflow-graph";

export interface DepthGroup {
  id: string;
  /** First and last depth in it; the same unless the graph is deeper than groups are allowed. */
  depth: number;
  depthLast: number;
  ids: string[];
}

export interface GroupedGraph {
  nodes: DepthGroup[];
  /** Edges between two groups are one, with how many it stands for. */
  edges: { from: string; to: string; count: number }[];
}

/** One node per depth with the ids in it, for graphs too large to draw; neighbouring depths share a group beyond `groupsMax`. */
export function groupByDepth({ nodes, edges }: GraphInput, groupsMax = 500): GroupedGraph {
  const needs = new Map<string, Set<string>>(nodes.map((node) => [node.id, new Set()]));
  for (const { from, to } of edges) if (from !== to && needs.has(from)) needs.get(to)?.add(from);
  const depths = depthsOf(new Map([...needs].map(([id, list]) => [id, [...list]])));
  let deepest = 0;
  for (const depth of depths.values()) deepest = Math.max(deepest, depth);
  const perGroup = Math.max(1, Math.ceil((deepest + 1) / groupsMax));

  const groups: DepthGroup[] = [];
  const groupOf = new Map<string, DepthGroup>();
  for (const { id } of nodes) {
    const number = Math.floor((depths.get(id) ?? 0) / perGroup);
    const depth = number * perGroup;
    groups[number] ??= { id: `depth-${depth}`, depth, depthLast: Math.min(deepest, depth + perGroup - 1), ids: [] };
    groups[number].ids.push(id);
    groupOf.set(id, groups[number]);
  }
  const merged = new Map<string, GroupedGraph["edges"][number]>();
  for (const [id, list] of needs) {
    const to = groupOf.get(id)?.id;
    for (const need of list) {
      const from = groupOf.get(need)?.id;
      if (from === undefined || to === undefined || from === to) continue;
      const edge = merged.get(`${from} ${to}`);
      if (edge === undefined) merged.set(`${from} ${to}`, { from, to, count: 1 });
      else edge.count++;
    }
  }
  return { nodes: groups, edges: [...merged.values()] };
}
