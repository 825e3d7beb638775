import { depthsOf } from "./workflow-graph";

export interface GraphInput {
  nodes: readonly { id: string }[];
  edges: readonly { from: string; to: string }[];
}

/** A node, or a place where an edge passes through a layer on its way to a later one. */
export interface Cell {
  index: number;
  depth: number;
  /** Absent where an edge only passes. */
  id?: string;
  before: Cell[];
  after: Cell[];
}

export interface Layers {
  layers: Cell[][];
  /** The cell of each node. */
  cells: Map<string, Cell>;
  /** For each edge the cells from its start to its end. */
  routes: { from: string; to: string; cells: Cell[] }[];
}

/** Edges that pass more layers than this together are drawn straight, so that no graph can exhaust memory. */
const PASSES_MAX_PER_NODE = 8;

/** Puts every node into the layer of its longest path and cuts long edges into pieces from layer to layer. */
export function toLayers({ nodes, edges }: GraphInput): Layers {
  const needs = new Map<string, string[]>(nodes.map((node) => [node.id, []]));
  const used = edges.filter(({ from, to }) => {
    const list = needs.get(to);
    if (list === undefined || !needs.has(from) || from === to) return false;
    list.push(from);
    return true;
  });
  const depths = depthsOf(new Map([...needs].map(([id, list]) => [id, [...new Set(list)]])));
  const layers: Cell[][] = [];
  const cells = new Map<string, Cell>();
  let count = 0;
  function add(depth: number, id?: string): Cell {
    const cell: Cell = { index: count++, depth, before: [], after: [], ...(id === undefined ? {} : { id }) };
    layers[depth] ??= [];
    layers[depth].push(cell);
    return cell;
  }
  for (const { id } of nodes) if (!cells.has(id)) cells.set(id, add(depths.get(id) ?? 0, id));

  const passes = new Map<Cell, Cell[]>();
  let left = nodes.length * PASSES_MAX_PER_NODE;
  const seen = new Set<string>();
  const routes: Layers["routes"] = [];
  for (const { from, to } of used) {
    const start = cells.get(from);
    const end = cells.get(to);
    const key = `${start?.index} ${end?.index}`;
    // Only a cycle has edges that do not go right; it cannot be saved, so it is enough not to fail.
    if (start === undefined || end === undefined || start.depth >= end.depth || seen.has(key)) continue;
    seen.add(key);
    const span = end.depth - start.depth - 1;
    const route = [start];
    if (span <= left) {
      // Edges of one node share the places where they pass: they run together as far as they can.
      const shared = passes.get(start) ?? [];
      for (let step = 0; step < span; step++) {
        let pass = shared[step];
        if (pass === undefined) {
          pass = add(start.depth + step + 1);
          left--;
          shared.push(pass);
          connect(route.at(-1) ?? start, pass);
        }
        route.push(pass);
      }
      passes.set(start, shared);
      connect(route.at(-1) ?? start, end);
    }
    route.push(end);
    routes.push({ from, to, cells: route });
  }
  return { layers, cells, routes };
}

function connect(from: Cell, to: Cell): void {
  from.after.push(to);
  to.before.push(from);
}
