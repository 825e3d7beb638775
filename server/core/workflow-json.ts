import {
  type Finding,
  listOf,
  MAX_NESTING,
  type MapEntry,
  mapOf,
  type Reading,
  scalar,
  type Tree,
  tooDeep,
} from "./workflow-tree";

const TOKEN = /[ \t\n\r]*(?:([{}[\],:])|(")|([-\d][\d.eE+-]*|true|false|null))/y;

interface Level {
  at: number;
  path: PropertyKey[];
  items: Tree[] | null;
  entries: Map<string, MapEntry>;
  key: { text: string; at: number };
}
type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end" | "nothing";

/** Reads JSON text strictly, keeping places; stops at the first thing that is not JSON. */
export function readJson(source: string): Reading {
  return new JsonReader(source).read();
}

class JsonReader {
  private readonly findings: Finding[] = [];
  private readonly levels: Level[] = [];
  private root: Tree | null = null;
  private expects: Expected = "value";

  constructor(private readonly source: string) {}

  read(): Reading {
    let at = this.source.startsWith("\uFEFF") ? 1 : 0;
    for (;;) {
      TOKEN.lastIndex = at;
      const match = TOKEN.exec(this.source);
      if (match === null) return this.atEnd(at);
      const [, mark, quoteMark, word] = match;
      const isText = quoteMark !== undefined;
      const start = TOKEN.lastIndex - (mark ?? word ?? '"').length;
      at = isText ? endOfText(this.source, start) : TOKEN.lastIndex;
      const trouble =
        mark === undefined ? this.leaf(this.source.slice(start, at), start, isText) : this.mark(mark, start);
      if (trouble !== null) return this.fail(trouble, start);
    }
  }

  private mark(mark: string, at: number): string | Finding | null {
    const level = this.levels.at(-1);
    if (mark === "{" || mark === "[") return this.open(mark, at);
    if (mark === "," && level !== undefined && this.expects === ", or end") {
      this.expects = level.items === null ? "key" : "value";
      return null;
    }
    if (mark === ":" && this.expects === ":") {
      this.expects = "value";
      return null;
    }
    const isEmpty = this.expects === (mark === "}" ? "key or }" : "value or ]");
    const closes = level !== undefined && mark === (level.items === null ? "}" : "]");
    if (!closes || !(isEmpty || this.expects === ", or end")) return this.unexpected(mark);
    this.levels.pop();
    this.put(level.items === null ? mapOf(level.entries, level.at) : listOf(level.items, level.at));
    return null;
  }

  private open(mark: string, at: number): string | Finding | null {
    if (this.expects !== "value" && this.expects !== "value or ]") return this.unexpected(mark);
    const above = this.levels.at(-1);
    const path = above === undefined ? [] : [...above.path, above.items === null ? above.key.text : above.items.length];
    // Levels cost a copy of their path: a text of nothing but brackets must not.
    if (path.length > MAX_NESTING) return tooDeep([], at);
    this.levels.push({ at, path, items: mark === "[" ? [] : null, entries: new Map(), key: { text: "", at } });
    this.expects = mark === "[" ? "value or ]" : "key or }";
    return null;
  }

  private leaf(token: string, at: number, isText: boolean): string | null {
    let value: string | number | boolean | null;
    try {
      value = JSON.parse(token);
    } catch {
      // A bad escape or number.
      return `this is not JSON: ${token.slice(0, 40)}`;
    }
    const level = this.levels.at(-1);
    if (isText && level !== undefined && (this.expects === "key" || this.expects === "key or }")) {
      level.key = { text: String(value), at };
      this.expects = ":";
      return null;
    }
    if (this.expects !== "value" && this.expects !== "value or ]") return this.unexpected(token);
    this.put(scalar(value, typeof value === "string" ? value : token, at));
    return null;
  }

  private put(value: Tree): void {
    const level = this.levels.at(-1);
    this.expects = level === undefined ? "nothing" : ", or end";
    if (level === undefined) this.root = value;
    else if (level.items !== null) level.items.push(value);
    else if (level.entries.has(level.key.text)) {
      const { text, at } = level.key;
      const message = `key ${JSON.stringify(text)} is there twice`;
      this.findings.push({ code: "duplicate_key", message, path: [...level.path, text], at });
    } else level.entries.set(level.key.text, { keyAt: level.key.at, value });
  }

  private atEnd(at: number): Reading {
    const rest = this.source.slice(at).search(/[^ \t\n\r]/);
    if (rest >= 0) return this.fail(`this is not JSON: ${this.source.slice(at + rest, at + rest + 20)}`, at + rest);
    if (this.expects !== "nothing") return this.fail("the JSON ends too early", this.source.length);
    return { tree: this.root, findings: this.findings };
  }

  private unexpected(token: string): string {
    const expected = this.expects === ", or end" ? "a comma or the end" : this.expects;
    return `${token.slice(0, 20)} is not JSON here: expected ${expected}`;
  }

  private fail(trouble: string | Finding, at: number): Reading {
    this.findings.push(typeof trouble === "string" ? { code: "syntax", message: trouble, path: [], at } : trouble);
    return { tree: null, findings: this.findings };
  }
}

/** Behind the closing quote; a regular expression would run out of stack on megabytes of escapes. */
function endOfText(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === '"') return at + 1;
  }
  return source.length;
}
