import { Composer, type Document, Lexer, type ParsedNode, Parser } from "yaml";
import { type Finding, MAX_NESTING, tooDeep } from "./workflow-tree";

/** Beyond the nesting, the parser's stack holds the document and the scalar being read; the tree is counted exactly. */
const MAX_STACK = MAX_NESTING + 14;

type YamlDocument = Document.Parsed<ParsedNode>;

/** Parses YAML text as one document, or stops where it nests too deeply to be composed, which is done by recursion. */
export function parseYaml(source: string): YamlDocument | Finding {
  const parser = new Parser();
  // Comparing every pair of keys is slow on long maps; reading finds duplicates in one pass.
  const composer = new Composer({ version: "1.2", uniqueKeys: false, logLevel: "error" });
  const documents: YamlDocument[] = [];
  for (const lexeme of new Lexer().lex(source)) {
    const at = parser.offset;
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    // Not left to a RangeError: near the end of its stack V8 may end the whole process instead.
    if (parser.stack.length > MAX_STACK) return tooDeep([], at);
    if (documents.length > 1) break;
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, source.length));
  const [document, second] = documents;
  if (document === undefined) throw new Error("the YAML library made no document");
  if (second !== undefined) {
    return { code: "syntax", message: "a workflow is one YAML document", path: [], at: second.range[0] };
  }
  return document;
}
