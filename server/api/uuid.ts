const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether an id can be one of ours; any other text is an id of nothing. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
