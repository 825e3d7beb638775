import type { Cell } from "./graph-layers";

const ROUNDS = 4;

interface Block {
  /** Weighted mean of what its cells wish for, relative to its first cell. */
  wish: number;
  weight: number;
  cells: number;
}

/**
 * The vertical middle of every cell, by its index: as near as possible to the cells it is connected to, in the given order and
 * without overlap. `heightOf` must be even, so that rounding keeps distances.
 */
export function placeCells(layers: readonly Cell[][], heightOf: (cell: Cell) => number, gap: number): Float64Array {
  const middle = new Float64Array(layers.reduce((sum, layer) => sum + layer.length, 0));
  const distance = (above: Cell, below: Cell) => (heightOf(above) + heightOf(below)) / 2 + gap;
  for (const layer of layers) {
    let at = 0;
    for (const [index, cell] of layer.entries()) {
      const above = layer[index - 1];
      if (above !== undefined) at += distance(above, cell);
      middle[cell.index] = at;
    }
    for (const cell of layer) middle[cell.index] = (middle[cell.index] ?? 0) - at / 2;
  }
  for (let round = 0; round < ROUNDS; round++) {
    const isLast = round === ROUNDS - 1;
    for (const layer of layers)
      settle(layer, middle, distance, (cell) => (isLast ? [...cell.before, ...cell.after] : cell.before));
    if (!isLast) for (const layer of layers.toReversed()) settle(layer, middle, distance, (cell) => cell.after);
  }
  const top = layers.flat().reduce((least, cell) => Math.min(least, (middle[cell.index] ?? 0) - heightOf(cell) / 2), 0);
  for (const [index, at] of middle.entries()) middle[index] = Math.round(at - top);
  return middle;
}

/**
 * Moves a layer's cells as near to their neighbours as order and distance allow: the exact least squares, found by
 * pooling adjacent cells that would overlap into blocks that move as one.
 */
function settle(
  layer: readonly Cell[],
  middle: Float64Array,
  distance: (above: Cell, below: Cell) => number,
  neighboursOf: (cell: Cell) => readonly Cell[],
): void {
  const offsets: number[] = [];
  const blocks: Block[] = [];
  for (const [index, cell] of layer.entries()) {
    const above = layer[index - 1];
    offsets.push(above === undefined ? 0 : (offsets[index - 1] ?? 0) + distance(above, cell));
    let block = wishOf(cell, middle, neighboursOf(cell));
    block.wish -= offsets[index] ?? 0;
    for (let last = blocks.at(-1); last !== undefined && last.wish > block.wish; last = blocks.at(-1)) {
      blocks.pop();
      const weight = last.weight + block.weight;
      const wish = (last.wish * last.weight + block.wish * block.weight) / weight;
      block = { wish, weight, cells: last.cells + block.cells };
    }
    blocks.push(block);
  }
  let index = 0;
  for (const block of blocks) {
    for (const end = index + block.cells; index < end; index++) {
      const cell = layer[index];
      if (cell !== undefined) middle[cell.index] = block.wish + (offsets[index] ?? 0);
    }
  }
}

function wishOf(cell: Cell, middle: Float64Array, neighbours: readonly Cell[]): Block {
  let weight = 0;
  let sum = 0;
  for (const other of neighbours) {
    // A long edge looks best straight, so its pieces pull hard at each other.
    const pull = cell.id === undefined ? (other.id === undefined ? 8 : 2) : 1;
    weight += pull;
    sum += pull * (middle[other.index] ?? 0);
  }
  // What has no neighbours on this side stays where it is and gives way easily.
  return weight === 0
    ? { wish: middle[cell.index] ?? 0, weight: 0.01, cells: 1 }
    : { wish: sum / weight, weight, cells: 1 };
}
