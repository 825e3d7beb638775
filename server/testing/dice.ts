/** Throws a whole number from 0 to `sides` - 1. */
export type Dice = (sides: number) => number;

/** Numbers that look random and are the same for the same seeds (mulberry32). */
export function makeDice(...seeds: number[]): Dice {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ seed, 0x9e3779b1) + 0x6d2b79f5, 0x1234567);
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** One of a list that is not empty. */
export function pick<T>(dice: Dice, list: readonly T[]): T {
  const found = list[dice(list.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

/** True `percent` times in a hundred. */
export function chance(dice: Dice, percent: number): boolean {
  return dice(100) < percent;
}
