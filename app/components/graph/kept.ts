const KEPT_MAX = 40;
const values = new Map<string, unknown>();

/** What `make` made for this key the last time, for the keys used most recently. The key says the type: one use, one prefix. */
export function kept<T>(key: string, make: () => T): T {
  const value = values.has(key) ? (values.get(key) as T) : make();
  values.delete(key);
  values.set(key, value);
  for (const oldest of values.keys()) {
    if (values.size <= KEPT_MAX) break;
    values.delete(oldest);
  }
  return value;
}
