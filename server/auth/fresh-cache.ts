import type { Pool } from "../db/pool";

/**
 * How often what is remembered is read again, and how old it may get when that fails. Together with the moment in which
 * a stream asks again, revocation and lost membership take effect within 5 s.
 */
export const FRESH_MS = 1_500;
const OLD_AFTER_MS = 2 * FRESH_MS;
/** As long as a runner may wait for an answer, and some more: its identity is still remembered when it comes back. */
const UNUSED_AFTER_MS = 40_000;
const MAX_ENTRIES = 10_000;

interface Entry<T> {
  /** When what it says was asked for. */
  at: number;
  usedAt: number;
  value: Promise<T | null>;
}

/**
 * Remembers what `load` finds. What is in use is read again for all keys together, so that a thousand idle runners cost
 * one query every FRESH_MS; what was not found is not remembered.
 */
export function freshCache<T>(load: (db: Pool, keys: string[]) => Promise<Map<string, T>>) {
  // Per database, so that tests and processes with several pools never share identities.
  const perDb = new WeakMap<Pool, Map<string, Entry<T>>>();

  const refresh = async (db: Pool, entries: Map<string, Entry<T>>): Promise<void> => {
    const at = performance.now();
    for (const [key, entry] of entries) if (at - entry.usedAt > UNUSED_AFTER_MS) entries.delete(key);
    if (entries.size === 0) {
      perDb.delete(db);
      return;
    }
    try {
      const found = await load(db, [...entries.keys()]);
      for (const [key, entry] of entries) {
        if (entry.at > at) continue;
        const value = found.get(key);
        if (value === undefined) entries.delete(key);
        else entries.set(key, { at, usedAt: entry.usedAt, value: Promise.resolve(value) });
      }
    } catch {
      // What is remembered gets too old, and the next request that needs it meets the trouble itself.
    }
    schedule(db, entries);
  };
  const schedule = (db: Pool, entries: Map<string, Entry<T>>) => {
    setTimeout(() => void refresh(db, entries), FRESH_MS).unref();
  };

  return (db: Pool, key: string): Promise<T | null> => {
    let entries = perDb.get(db);
    if (!entries) {
      entries = new Map();
      perDb.set(db, entries);
      schedule(db, entries);
    }
    const at = performance.now();
    const known = entries.get(key);
    if (known && at - known.at < OLD_AFTER_MS) {
      known.usedAt = at;
      return known.value;
    }
    if (entries.size >= MAX_ENTRIES) entries.clear();
    const value = load(db, [key]).then((found) => found.get(key) ?? null);
    const entry = { at, usedAt: at, value };
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
