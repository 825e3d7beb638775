import { type Cell, type GraphInput, toLayers } from "./graph-layers";
import { orderLayers } from "./graph-ordering";
import { placeCells } from "./graph-positions";

const NODE_WIDTH = 176;
const NODE_HEIGHT = 44;
/** Where an edge passes between nodes. */
const PASS_HEIGHT = 4;
const COLUMN_GAP = 56;
const ROW_GAP = 16;

export interface PlacedNode {
  /** Left upper corner. */
  x: number;
  y: number;
  /** Tasks on the longest path before it. */
  depth: number;
}

export interface GraphLayout {
  nodes: Map<string, PlacedNode>;
  /** `path` is the `d` of an SVG path. */
  edges: { from: string; to: string; path: string }[];
  width: number;
  height: number;
  nodeWidth: number;
  nodeHeight: number;
}

/**
 * Draws a graph from left to right in layers: same input, same picture. 1,000 nodes take about 20 ms
 * (graph-layout.test.ts); statuses are not part of it, so that it can be kept as long as the graph stays the same.
 */
export function layoutGraph(graph: GraphInput): GraphLayout {
  const { layers, cells, routes } = toLayers(graph);
  orderLayers(layers);
  const heightOf = (cell: Cell) => (cell.id === undefined ? PASS_HEIGHT : NODE_HEIGHT);
  const middle = placeCells(layers, heightOf, ROW_GAP);
  const nodes = new Map<string, PlacedNode>();
  let height = 0;
  for (const cell of layers.flat()) height = Math.max(height, (middle[cell.index] ?? 0) + heightOf(cell) / 2);
  for (const [id, cell] of cells) {
    nodes.set(id, { x: leftOf(cell), y: (middle[cell.index] ?? 0) - NODE_HEIGHT / 2, depth: cell.depth });
  }
  return {
    nodes,
    edges: routes.map((route) => ({ from: route.from, to: route.to, path: draw(route.cells, middle) })),
    width: Math.max(0, layers.length * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP),
    height,
    nodeWidth: NODE_WIDTH,
    nodeHeight: NODE_HEIGHT,
  };
}

function leftOf(cell: Cell): number {
  return cell.depth * (NODE_WIDTH + COLUMN_GAP);
}

function draw(cells: readonly Cell[], middle: Float64Array): string {
  let path = "";
  let y = 0;
  for (const [index, cell] of cells.entries()) {
    const next = middle[cell.index] ?? 0;
    const left = leftOf(cell);
    if (index === 0) path = `M${left + NODE_WIDTH} ${next}`;
    // Straight on where the height stays the same, and along the column that it passes.
    else if (next === y) path += `H${left}`;
    else {
      const bend = left - COLUMN_GAP / 2;
      path += `H${left - COLUMN_GAP}C${bend} ${y} ${bend} ${next} ${left} ${next}`;
    }
    y = next;
  }
  // A line that only goes on in the same direction needs one piece.
  return path.replace(/(?:H\d+)+(?=H\d)/g, "").replace(/^M(\d+) (\d+)H\1C/, "M$1 $2C");
}
