import type { Cell } from "./graph-layers";

const SWEEPS = 8;
const FRUITLESS_MAX = 2;
/** With more edges than this everything crosses everything, and sweeps cost more than they give. */
const FEW_SWEEPS_EDGES = 20_000;
/** Larger graphs get one try: two would take more than 50 ms at 1,000 nodes with long edges. */
const TWO_TRIES_MAX = 1_500;

/** Orders every layer in place so that few edges cross; of equals, what comes first in the input stays first. */
export function orderLayers(layers: Cell[][]): void {
  const count = layers.reduce((sum, layer) => sum + layer.length, 0);
  const edges = layers.flat().reduce((sum, cell) => sum + cell.after.length, 0);
  const sweeps = edges > FEW_SWEEPS_EDGES ? 1 : SWEEPS;
  const best = { crossings: Number.POSITIVE_INFINITY, order: layers.map((layer) => [...layer]) };
  const inputOrder = layers.map((layer) => [...layer]);
  for (const start of count > TWO_TRIES_MAX ? [walkOrder(layers)] : [inputOrder, walkOrder(layers)]) {
    const position = new Int32Array(count);
    for (const layer of start) number(layer, position);
    let least = Number.POSITIVE_INFINITY;
    let fruitless = 0;
    for (let sweep = 0; sweep <= sweeps; sweep++) {
      const crossings = start.reduce((sum, layer) => sum + crossingsBehind(layer, position), 0);
      if (crossings < least) {
        least = crossings;
        fruitless = 0;
      } else fruitless++;
      if (crossings < best.crossings) {
        best.crossings = crossings;
        best.order = start.map((layer) => [...layer]);
      }
      if (crossings === 0 || sweep === sweeps || fruitless === FRUITLESS_MAX) break;
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
  let size = 1;
  for (const cell of layer) {
    const from = ends.length;
    for (const next of cell.after) {
      const end = position[next.index] ?? 0;
      ends.push(end);
      size = Math.max(size, end + 1);
    }
    if (cell.after.length > 1) sortFrom(ends, from);
  }
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

/** Sorts the end of a list: most cells have a few edges, for which nothing is made. */
function sortFrom(list: number[], from: number): void {
  if (list.length - from > 16) {
    for (const value of list.splice(from).sort((a, b) => a - b)) list.push(value);
    return;
  }
  for (let index = from + 1; index < list.length; index++) {
    const value = list[index] ?? 0;
    let at = index;
    for (; at > from && (list[at - 1] ?? 0) > value; at--) list[at] = list[at - 1] ?? 0;
    list[at] = value;
  }
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
