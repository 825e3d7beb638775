import { v7 } from "uuid";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A new id: UUIDv7, so that rows made together lie together in their index. */
export const newId = (): string => v7();

/** Whether `text` can be the id of a row; anything else is simply not found. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
