import { AppError, type FieldError } from "../../errors";
import { toPointer } from "../field-errors";
import { unstorableTexts } from "../storable-text";

const MAX_DEPTH = 100;
const MAX_VALUES = 5_000_000;
/** No column of ours holds a larger number. */
const INT_MAX = 2_147_483_647;
const MAX_ERRORS = 100;

/**
 * Refuses what no procedure can use, whatever its schema says: text that cannot be stored, numbers that no column
 * holds, and values that are nested too deeply or contain themselves.
 */
export function refuseUnusableInput(input: unknown): void {
  refuseEndless(input);
  const errors = [...unstorableTexts(input), ...largeNumbers(input, [])];
  if (errors.length > 0)
    throw new AppError("invalid_input", "Some values cannot be used.", errors.slice(0, MAX_ERRORS));
}

/** Level by level, so that it ends: superjson can make a value its own part, or a part of many others. */
function refuseEndless(input: unknown): void {
  let level: unknown[] = [input];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new AppError("invalid_input", `The input is nested deeper than ${MAX_DEPTH} levels.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      for (const part of Object.values(value)) {
        count++;
        if (count > MAX_VALUES) throw new AppError("invalid_input", `The input has more than ${MAX_VALUES} values.`);
        next.push(part);
      }
    }
    level = next;
  }
}

/** A definition has numbers of its own, which are stored as JSON. */
function largeNumbers(value: unknown, path: string[]): FieldError[] {
  if (typeof value === "number" && Math.abs(value) > INT_MAX)
    return [{ pointer: toPointer(path), message: `At most ${INT_MAX}.` }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    path.length === 0 && name === "definition" ? [] : largeNumbers(item, [...path, name]),
  );
}
