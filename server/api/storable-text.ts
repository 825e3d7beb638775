import { AppError, type FieldError } from "../errors";
import { toPointer } from "./field-errors";

// PostgreSQL stores neither NUL nor half of a surrogate pair. A JSON text can carry them only as escapes.
const MAY_HOLD = /\\u(0000|d[89a-f])/i;
const NUL = "\u0000";
/** With the u flag a pair is one character, so these find halves only. */
const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;

/** Refuses a parsed body that holds text which cannot be stored, naming every place. */
export function refuseUnstorable(source: string, value: unknown): void {
  if (!MAY_HOLD.test(source)) return;
  const errors = unstorableTexts(value);
  if (errors.length > 0) throw new AppError("invalid_input", "Some texts cannot be stored.", errors.slice(0, 100));
}

/** Every place of a value whose text cannot be stored. */
export function unstorableTexts(value: unknown): FieldError[] {
  const errors: FieldError[] = [];
  walk(value, [], (text, path) => {
    if (text.includes(NUL) || HALF.test(text))
      errors.push({ pointer: toPointer(path), message: "NUL and half surrogate pairs are not allowed." });
  });
  return errors;
}

/** The parsed body with U+FFFD in place of what cannot be stored: a runner cannot choose what a process writes. */
export function replaceUnstorable(source: string, value: unknown): unknown {
  return MAY_HOLD.test(source) ? replace(value) : value;
}

// Depth is bounded by whoever parsed the value, so recursion is too.
function walk(value: unknown, path: string[], visit: (text: string, path: string[]) => void): void {
  if (typeof value === "string") visit(value, path);
  else if (Array.isArray(value)) value.forEach((item, index) => void walk(item, [...path, String(index)], visit));
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) {
      visit(key, path);
      walk(item, [...path, key], visit);
    }
}

function replace(value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  if (Array.isArray(value)) return value.map(replace);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storable(key), replace(item)]));
}

function storable(text: string): string {
  return text.replaceAll(NUL, "\ufffd").replace(HALVES, "\ufffd");
}
