import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TierName } from "../tier";

/** A deliberate bug: a text patch of one file of the product, which itself knows nothing of it. */
export interface Mutant {
  name: string;
  /** The tier that has to find it. */
  tier: TierName;
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
  /** What it breaks, in one line. */
  why: string;
}

/** Puts the bug into a copy of the tree; returns how to take it out again. Throws where the text is not there exactly once. */
export function applyMutant(root: string, { name, file, find, replace }: Mutant): () => void {
  const full = path.join(root, file);
  const text = readFileSync(full, "utf8");
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`mutant ${name}: its text is ${places} times in ${file}, not once`);
  writeFileSync(
    full,
    text.replace(find, () => replace),
  );
  return () => writeFileSync(full, text);
}
