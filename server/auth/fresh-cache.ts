import type { Pool } from "../db/pool";

/** How long an identity may be remembered: revocation and lost membership take effect within twice this. */
export const FRESH_MS = 2_000;
const MAX_ENTRIES = 10_000;

/** Remembers what `load` found for FRESH_MS, one load at a time per key; what was not found is not remembered. */
export function freshCache<T>(load: (db: Pool, key: string) => Promise<T | null>) {
  // Per database, so that tests and processes with several pools never share identities.
  const perDb = new WeakMap<object, Map<string, { at: number; value: Promise<T | null> }>>();
  return (db: Pool, key: string): Promise<T | null> => {
    let entries = perDb.get(db);
    if (!entries) {
      entries = new Map();
      perDb.set(db, entries);
    }
    const now = Date.now();
    const known = entries.get(key);
    if (known && now - known.at < FRESH_MS) return known.value;
    if (entries.size >= MAX_ENTRIES) entries.clear();
    const value = load(db, key);
    const entry = { at: now, value };
    entries.set(key, entry);
    const forget = () => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    value.then((found) => {
      if (found === null) forget();
    }, forget);
    return value;
  };
}
