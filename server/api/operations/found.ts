import { AppError } from "../../errors";
import { isUuid } from "../uuid";

/** The row, or `not_found`: missing and hidden are the same. */
export function found<T>(row: T | null, what: string): T {
  if (row === null) throw new AppError("not_found", `There is no such ${what}.`);
  return row;
}

/** An id that can exist, or `not_found`. */
export function existingId(id: string, what: string): string {
  if (!isUuid(id)) throw new AppError("not_found", `There is no such ${what}.`);
  return id;
}
