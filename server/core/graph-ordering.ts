import type { Cell } from "./graph-layers";

const SWEEPS = 8;
/** Larger graphs get one try: two would take more than 50 ms at 1,000 nodes with long edges. */
const TWO_TRIES_MAX = 1_500;

/** Orders every layer in place so that few edges cross; of equals, what comes first in the input stays first. */
export function orderLayers(layers: Cell[][]): void {
  const count = layers.reduce((sum, layer) => sum + layer.length, 0);
  const best = { crossings: Number.POSITIVE_INFINITY, order: layers.map((layer) => [...layer]) };
  const inputOrder = layers.map((layer) => [...layer]);
  for (const start of count > TWO_TRIES_MAX ? [walkOrder(layers)] : [inputOrder, walkOrder(layers)]) {
    const position = new Int32Array(count);
    for (const layer of start) number(layer, position);
    for (let sweep = 0; sweep <= SWEEPS; sweep++) {
      const crossings = start.reduce((sum, layer) => sum + crossingsBehind(layer, position), 0);
      if (crossings < best.crossings) {
        best.crossings = crossings;
        best.order = start.map((layer) => [...layer]);
      }
      if (crossings === 0 || sweep === SWEEPS) break;
      const isForward = sweep % 2 === 0;
      for (const layer of isForward ? start : start.toReversed()) {
        sortByNeighbours(layer, position, isForward);
        number(layer, position);
      }
    }
    if (best.crossings === 0) break;
  }
  for (const [depth, layer] of best.order.entries()) layers[depth] = layer;
}

function number(layer: readonly Cell[], position: Int32Array): void {
  for (const [index, cell] of layer.entries()) position[cell.index] = index;
}

function sortByNeighbours(layer: Cell[], position: Int32Array, isForward: boolean): void {
  const wishes = layer.map((cell, index) => {
    const near = isForward ? cell.before : cell.after;
    let sum = 0;
    for (const other of near) sum += position[other.index] ?? 0;
    return { cell, wish: near.length === 0 ? index : sum / near.length };
  });
  wishes.sort((a, b) => a.wish - b.wish);
  for (const [index, { cell }] of wishes.entries()) layer[index] = cell;
}

/** How many pairs of edges from this layer to the next cross, counted with a binary indexed tree. */
function crossingsBehind(layer: readonly Cell[], position: Int32Array): number {
  const ends: number[] = [];
  for (const cell of layer) {
    ends.push(...cell.after.map((next) => position[next.index] ?? 0).sort((a, b) => a - b));
  }
  const size = ends.reduce((most, end) => Math.max(most, end), 0) + 1;
  const tree = new Int32Array(size + 1);
  let crossings = 0;
  for (const [seen, end] of ends.entries()) {
    let notAfter = 0;
    for (let at = end + 1; at > 0; at -= at & -at) notAfter += tree[at] ?? 0;
    crossings += seen - notAfter;
    for (let at = end + 1; at <= size; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
  }
  return crossings;
}

/** Layers in the order in which a walk along the edges meets their cells: parts that are not connected stay apart. */
function walkOrder(layers: readonly Cell[][]): Cell[][] {
  const order: Cell[][] = layers.map(() => []);
  const seen = new Set<Cell>();
  for (const root of layers.flat()) {
    const stack = [root];
    for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
      if (seen.has(cell)) continue;
      seen.add(cell);
      order[cell.depth]?.push(cell);
      stack.push(...cell.before.toReversed(), ...cell.after.toReversed());
    }
  }
  return order;
}
