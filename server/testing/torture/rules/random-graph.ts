import { chance, type Dice } from "../../dice";

/** For each task the places of those it needs, all smaller than its own. */
export type Needs = number[][];

const SIZE_MAX = 40;

/** A graph of 1 to 40 tasks: a chain, a fan, diamonds, layers, or edges thrown at random; small ones are the most frequent. */
export function randomNeeds(dice: Dice): Needs {
  const size = 1 + dice(chance(dice, 70) ? 10 : SIZE_MAX);
  const shape = dice(5);
  return Array.from({ length: size }, (_, place) => needsOf(place, { size, shape, dice }));
}

function needsOf(place: number, { size, shape, dice }: { size: number; shape: number; dice: Dice }): number[] {
  if (place === 0) return [];
  switch (shape) {
    case 0:
      return [place - 1];
    case 1:
      // One to many to one.
      return place < size - 1 || size < 3 ? [0] : Array.from({ length: size - 2 }, (_, index) => index + 1);
    case 2:
      // Diamonds in a row: every third task needs the two before it.
      return place % 3 === 0 ? [place - 1, place - 2] : [place - (place % 3)];
    case 3:
      return layerBefore(place, 4).filter(() => chance(dice, 60));
    default:
      return Array.from({ length: place }, (_, index) => index).filter(() => dice(place) < 2);
  }
}

function layerBefore(place: number, width: number): number[] {
  const first = (Math.floor(place / width) - 1) * width;
  return first < 0 ? [] : Array.from({ length: width }, (_, index) => first + index);
}

/** A directed graph of at most 9 nodes that may have cycles, as edges from each key to what it needs. */
export function randomDigraph(dice: Dice): Map<string, string[]> {
  const keys = Array.from({ length: 1 + dice(9) }, (_, index) => `n${index}`);
  const percent = 5 + dice(25);
  return new Map(keys.map((key) => [key, keys.filter((other) => other !== key && chance(dice, percent))]));
}
