import { z } from "zod";
import { AppError } from "../../errors";
import { unstorableTexts } from "../storable-text";

/** An opaque text that says where the next page begins. */
export function makeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Where a page begins; a text that no page has given is `invalid_input`. */
export function readCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    const position = schema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    if (unstorableTexts(position).length === 0) return position;
  } catch {
    throw unreadable();
  }
  throw unreadable();
}

function unreadable(): AppError {
  const message = "This is not a next_cursor of this list.";
  return new AppError("invalid_input", message, [{ pointer: "/cursor", message }]);
}

/** A query parameter that holds a number. */
export function numeric<T extends z.ZodType<number, number>>(schema: T) {
  return z
    .string()
    .regex(/^\d{1,10}$/, "A whole number.")
    .transform(Number)
    .pipe(schema);
}
