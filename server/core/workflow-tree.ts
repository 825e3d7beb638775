/** A definition as it was written: values with their places, the same for YAML, JSON text and parsed JSON. */

export interface MapEntry {
  /** Offset of the key in the text. */
  keyAt?: number;
  value: Tree;
}

export type Tree =
  | (Extent & { kind: "map"; entries: Map<string, MapEntry> })
  | (Extent & { kind: "list"; items: Tree[] })
  /** `text` is how it was written: a number must not lose digits when it becomes a variable's value. */
  | (Extent & { kind: "scalar"; value: string | number | boolean | null; text: string });

interface Extent {
  at?: number;
  /** Characters that it comes to when every alias is written out. */
  size: number;
  /** Levels of maps and lists in it, aliases written out. */
  height: number;
}

/** A problem before its place is known as line and column. */
export interface Finding {
  code: string;
  message: string;
  path: readonly PropertyKey[];
  /** Offset in the text. */
  at?: number;
}

export interface Reading {
  /** Null when nothing could be made of the text. */
  tree: Tree | null;
  findings: Finding[];
}

/** Deeper than the format needs, and shallow enough for plain recursion. */
export const MAX_NESTING = 50;

/** Where an offset is known, as a property to spread. */
export function place(at: number | undefined): { at?: number } {
  return at === undefined ? {} : { at };
}

/** The finding for what is nested too deeply to be read. */
export function tooDeep(path: readonly PropertyKey[], at?: number): Finding {
  return {
    code: "nested_too_deeply",
    message: `maps and lists are nested more than ${MAX_NESTING} deep`,
    path,
    ...place(at),
  };
}

/** A leaf of a tree. */
export function scalar(value: string | number | boolean | null, text: string, at?: number): Tree {
  return { kind: "scalar", size: text.length + 1, height: 0, value, text, ...place(at) };
}

/** A list of trees. */
export function listOf(items: Tree[], at?: number): Tree {
  let size = 1;
  let height = 0;
  for (const item of items) {
    size += item.size;
    height = Math.max(height, item.height);
  }
  return { kind: "list", size, height: height + 1, items, ...place(at) };
}

/** A map of trees. */
export function mapOf(entries: Map<string, MapEntry>, at?: number): Tree {
  let size = 1;
  let height = 0;
  for (const [key, { value }] of entries) {
    size += key.length + value.size;
    height = Math.max(height, value.height);
  }
  return { kind: "map", size, height: height + 1, entries, ...place(at) };
}

/** Reads a value that was parsed from JSON already. */
export function readObject(source: unknown): Reading {
  const findings: Finding[] = [];
  function read(value: unknown, path: PropertyKey[]): Tree {
    if (path.length > MAX_NESTING) {
      findings.push(tooDeep(path));
      return scalar(null, "");
    }
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return scalar(value, String(value));
    }
    if (Array.isArray(value)) return listOf(value.map((item: unknown, index) => read(item, [...path, index])));
    if (typeof value === "object") {
      const entries = Object.entries(value).map(([key, item]) => [key, { value: read(item, [...path, key]) }] as const);
      return mapOf(new Map<string, MapEntry>(entries));
    }
    findings.push({ code: "wrong_type", message: `a ${typeof value} is not JSON`, path });
    return scalar(null, "");
  }
  return { tree: read(source, []), findings };
}

/** The tree's plain value; maps have no prototype, so that no key means anything to JavaScript. */
export function plain(tree: Tree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(plain);
  const value: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of tree.entries) value[key] = plain(entry.value);
  return value;
}

/** What is at a path, if anything is. */
export function find(tree: Tree, path: readonly PropertyKey[]): Tree | undefined {
  return entryAt(tree, path)?.value;
}

/** Where a path is written: the value or, on request or where there is no such value, its key or what surrounds it. */
export function whereIs(tree: Tree, path: readonly PropertyKey[], preferKey: boolean): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const entry = entryAt(tree, path.slice(0, length));
    if (entry === undefined) continue;
    // A value that is missing inside a map is reported at that map's key, where people look for it.
    return preferKey || length < path.length ? (entry.keyAt ?? entry.value.at) : entry.value.at;
  }
  return undefined;
}

function entryAt(tree: Tree, path: readonly PropertyKey[]): MapEntry | undefined {
  let entry: MapEntry = { value: tree };
  for (const part of path) {
    let next: MapEntry | undefined;
    if (entry.value.kind === "map") next = entry.value.entries.get(String(part));
    else if (entry.value.kind === "list") {
      const value = entry.value.items[Number(part)];
      if (value !== undefined) next = { value };
    }
    if (next === undefined) return undefined;
    entry = next;
  }
  return entry;
}
