import type { z } from "zod";
import type { Problem } from "./workflow-definition";
import { knownKeys } from "./workflow-schema";
import { type Finding, find, place, type Tree, whereIs } from "./workflow-tree";

/** More are only counted: an answer of megabytes helps nobody. */
export const MAX_PROBLEMS = 1_000;

/** Turns what the schema refused into findings, with hints and places. */
export function fromIssues(issues: readonly z.core.$ZodIssue[], tree: Tree): Finding[] {
  return issues.flatMap((issue) => fromIssue(issue, issue.path, tree));
}

function fromIssue(issue: z.core.$ZodIssue, path: readonly PropertyKey[], tree: Tree): Finding[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(path);
    // One more than are shown, so that what is left out is counted as being there.
    return issue.keys.slice(0, MAX_PROBLEMS + 1).map((key) => {
      const at = whereIs(tree, [...path, key], true);
      return { code: "unknown_key", message: unknownKey(key, path, known), path: [...path, key], ...place(at) };
    });
  }
  if (issue.code === "invalid_key") {
    const inner = issue.issues[0];
    const code = codeOf(inner) ?? "invalid_name";
    return [
      { code, message: `${name(path)}: ${inner?.message ?? "bad key"}`, path, ...place(whereIs(tree, path, true)) },
    ];
  }
  if (issue.code === "invalid_union") {
    // The branch that got furthest is what was meant; where none got anywhere, the union's own message is the help.
    const deepest = issue.errors.find((branch) => branch.some((inner) => inner.path.length > 0));
    if (deepest !== undefined) return deepest.flatMap((inner) => fromIssue(inner, [...path, ...inner.path], tree));
    return [
      { code: "wrong_type", message: `${name(path)} ${issue.message}`, path, ...place(whereIs(tree, path, false)) },
    ];
  }
  const at = place(whereIs(tree, path, false));
  const found = find(tree, path);
  if (found === undefined) return [{ code: "missing_key", message: missing(path), path, ...at }];
  if (issue.code === "invalid_type") {
    return [
      {
        code: "wrong_type",
        message: `${name(path)} must be ${wanted(issue.expected)}, not ${kind(found)}`,
        path,
        ...at,
      },
    ];
  }
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    const written = found.kind === "scalar" ? found.text : kind(found);
    const message = `${name(path)} must be ${values.join(" or ")}, not ${quote(written)}${hint(written, values)}`;
    return [{ code: "invalid_value", message, path, ...at }];
  }
  return [{ code: codeOf(issue) ?? "invalid_value", message: `${name(path)} ${issue.message}`, path, ...at }];
}

/** ` - did you mean "build"?` when one of the candidates is close, else nothing. */
export function hint(written: string, candidates: Iterable<string>): string {
  const limit = Math.max(1, Math.floor(written.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - written.length) >= bestDistance) continue;
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined ? "" : ` - did you mean ${quote(best)}?`;
}

/** Text in quotes, as people read it in a message; long text is cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** Gives findings their line and column, in the order of the text, the first thousand of them. */
export function toProblems(findings: readonly Finding[], source: string | null): Problem[] {
  const lines = source === null ? [] : lineStarts(source);
  const sorted = findings.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const problems = sorted.slice(0, MAX_PROBLEMS).map(({ code, message, path, at }): Problem => {
    const pointer = path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    return { code, message, pointer, ...(source === null || at === undefined ? {} : lineAndColumn(lines, at)) };
  });
  const left = findings.length - problems.length;
  if (left > 0) problems.push({ code: "too_many_problems", message: `and ${left} more problems`, pointer: "" });
  return problems;
}

function unknownKey(key: string, path: readonly PropertyKey[], known: readonly string[]): string {
  const where = path.length === 0 ? "" : ` in ${name(path)}`;
  return `unknown key ${quote(key)}${where}${hint(key, known) || ` - known are ${known.join(", ")}`}`;
}

function missing(path: readonly PropertyKey[]): string {
  if (path.length === 1 && path[0] === "steps") return "steps is missing: a workflow needs at least one step";
  return `${name(path)} is missing`;
}

/** How a place is called in a message: `run of step "build"`. */
function name(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the workflow";
  const [first, step, ...rest] = path.map(String);
  if (first !== "steps" || step === undefined) return path.map(String).join(".");
  return rest.length === 0 ? `step ${quote(step)}` : `${rest.join(".")} of step ${quote(step)}`;
}

function codeOf(issue: z.core.$ZodIssue | undefined): string | undefined {
  const code: unknown = issue?.code === "custom" ? issue.params?.code : undefined;
  return typeof code === "string" ? code : undefined;
}

function wanted(expected: string): string {
  if (expected === "string") return "text";
  if (expected === "object" || expected === "record") return "a map";
  if (expected === "array") return "a list";
  return `a ${expected}`;
}

function kind(tree: Tree): string {
  if (tree.kind !== "scalar") return `a ${tree.kind}`;
  if (tree.value === null) return "empty";
  if (typeof tree.value === "string") return "text";
  return `the ${typeof tree.value} ${tree.text.slice(0, 40)}`;
}

function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      // Two letters the wrong way round are one slip.
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAndColumn(starts: readonly number[], at: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
}
