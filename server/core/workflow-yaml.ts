import { isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import {
  type Finding,
  listOf,
  MAX_NESTING,
  type MapEntry,
  mapOf,
  place,
  type Reading,
  scalar,
  type Tree,
  tooDeep,
} from "./workflow-tree";
import { parseYaml } from "./workflow-yaml-document";

/** Reads YAML 1.2 text, keeping places. An alias becomes the very tree that it names, so that reading it costs nothing. */
export function readYaml(source: string): Reading {
  const findings: Finding[] = [];
  const document = parseYaml(source);
  if ("code" in document) return { tree: null, findings: [document] };
  for (const error of [...document.errors, ...document.warnings]) {
    findings.push({ code: "syntax", message: asSentence(error.message), path: [], at: error.pos[0] });
  }
  if (document.directives?.yaml.version !== "1.2") {
    findings.push({ code: "syntax", message: "only YAML 1.2 is read; remove the %YAML line", path: [], at: 0 });
  }
  if (findings.length > 0) return { tree: null, findings };

  // Anchors in the order of the text: an alias means the latest one before it.
  const anchors = new Map<string, Tree | "open">();

  function read(node: Node | null, path: PropertyKey[]): Tree {
    const at = node?.range?.[0];
    if (path.length > MAX_NESTING) {
      findings.push(tooDeep(path, at));
      return scalar(null, "", at);
    }
    if (isAlias(node)) return resolve(node.source, path, at);
    const anchor = node !== null && "anchor" in node ? node.anchor : undefined;
    if (anchor !== undefined) anchors.set(anchor, "open");
    const tree = readContent(node, path, at);
    if (anchor !== undefined) anchors.set(anchor, tree);
    return tree;
  }

  function resolve(anchor: string, path: PropertyKey[], at: number | undefined): Tree {
    const target = anchors.get(anchor);
    if (target !== undefined && target !== "open" && path.length + target.height > MAX_NESTING) {
      findings.push(tooDeep(path, at));
      return scalar(null, "", at);
    }
    if (target !== undefined && target !== "open") return { ...target, ...place(at) };
    const message =
      target === "open" ? `alias *${anchor} contains itself` : `alias *${anchor} has no &${anchor} before it`;
    findings.push({ code: target === "open" ? "alias_expansion" : "syntax", message, path, ...place(at) });
    return scalar(null, "", at);
  }

  function readContent(node: Node | null, path: PropertyKey[], at: number | undefined): Tree {
    if (isSeq<Node | null>(node)) {
      return listOf(
        node.items.map((item, index) => read(item, [...path, index])),
        at,
      );
    }
    if (isMap<Node | null, Node | null>(node)) {
      const entries = new Map<string, MapEntry>();
      for (const pair of node.items) {
        const keyAt = pair.key?.range?.[0];
        const keyTree = read(pair.key, path);
        if (keyTree.kind !== "scalar") {
          findings.push({ code: "syntax", message: "a key is plain text, not a map or list", path, ...place(keyAt) });
          continue;
        }
        const key = keyTree.text;
        const value = read(pair.value, [...path, key]);
        if (entries.has(key)) {
          const message = `key ${JSON.stringify(key)} is there twice`;
          findings.push({ code: "duplicate_key", message, path: [...path, key], ...place(keyAt) });
        } else entries.set(key, keyAt === undefined ? { value } : { keyAt, value });
      }
      return mapOf(entries, at);
    }
    if (!isScalar(node)) return scalar(null, "", at);
    const value = node.value;
    if (typeof value === "string") return scalar(value, value, at);
    if (value === null || typeof value === "number" || typeof value === "boolean") {
      return scalar(value, writtenAs(value, node.source), at);
    }
    findings.push({ code: "wrong_type", message: "this kind of value is not part of the format", path, ...place(at) });
    return scalar(null, "", at);
  }

  return { tree: read(document.contents, []), findings };
}

/** Decimal numbers stay as they are written (3.10, twenty digits); 0x1f and True become 31 and true. */
function writtenAs(value: number | boolean | null, source: string | undefined): string {
  return typeof value === "number" && source !== undefined && /^[+-]?\d[\d.]*$/.test(source)
    ? source
    : String(value ?? "");
}

function asSentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
