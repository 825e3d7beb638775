import type { WorkflowStats } from "./workflow-definition";
import { hint, quote } from "./workflow-problems";
import { type Finding, place, type Tree } from "./workflow-tree";

/** Longer cycles are shown by their ends. */
const MAX_SHOWN = 100;
/** Comparing every unknown name with every key must stay cheap when all are wrong. */
const MAX_HINTS = 100;

interface Need {
  key: string;
  path: readonly PropertyKey[];
  at?: number;
}

/** What is wrong between steps: needs that name nothing or the step itself, and cycles. Works on definitions with other faults. */
export function checkGraph(steps: Extract<Tree, { kind: "map" }>): Finding[] {
  const findings: Finding[] = [];
  const needs = new Map<string, string[]>();
  let hints = 0;
  for (const [key, entry] of steps.entries) {
    const known: string[] = [];
    const seen = new Set<string>();
    for (const need of needsOf(key, entry.value)) {
      if (seen.has(need.key)) continue;
      seen.add(need.key);
      const where = { path: need.path, ...place(need.at) };
      if (need.key === key) {
        findings.push({
          code: "self_need",
          message: `step ${quote(key)} needs itself: remove it from needs`,
          ...where,
        });
      } else if (steps.entries.has(need.key)) known.push(need.key);
      else {
        const help = hints++ < MAX_HINTS ? hint(need.key, others(steps.entries.keys(), key)) : "";
        const message = `unknown step ${quote(need.key)} in needs of ${quote(key)}${help}`;
        findings.push({ code: "unknown_step", message, ...where });
      }
    }
    needs.set(key, known);
  }
  for (const cycle of findCycles(needs)) {
    const first = cycle[0] ?? "";
    const message = `steps need each other in a circle: ${shown([...cycle, first]).join(" -> ")}`;
    const at = steps.entries.get(first)?.keyAt;
    findings.push({ code: "cycle", message, path: ["steps", first, "needs"], ...place(at) });
  }
  return findings;
}

/** Size and shape of a graph without cycles; `needs` lists for each step what it needs, keys once. */
export function measure(steps: readonly { key: string; needs: readonly string[] }[]): WorkflowStats {
  const depths = depthsOf(new Map(steps.map((step) => [step.key, step.needs])));
  const perDepth = new Map<number, number>();
  for (const depth of depths.values()) perDepth.set(depth, (perDepth.get(depth) ?? 0) + 1);
  let width = 0;
  for (const count of perDepth.values()) width = Math.max(width, count);
  return {
    steps: steps.length,
    edges: steps.reduce((sum, step) => sum + step.needs.length, 0),
    depth: perDepth.size,
    width,
  };
}

/** The longest path to each step, 0 for those that need nothing; steps in or behind a cycle are left out. */
export function depthsOf(needs: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const dependents = new Map<string, string[]>();
  const missing = new Map<string, number>();
  for (const [key, list] of needs) {
    missing.set(key, list.length);
    for (const need of list) {
      const behind = dependents.get(need);
      if (behind === undefined) dependents.set(need, [key]);
      else behind.push(key);
    }
  }
  const depths = new Map<string, number>();
  const open = [...needs.keys()].filter((key) => missing.get(key) === 0);
  const reached = new Map<string, number>();
  for (let index = 0; index < open.length; index++) {
    const key = open[index];
    if (key === undefined) continue;
    const depth = reached.get(key) ?? 0;
    depths.set(key, depth);
    for (const next of dependents.get(key) ?? []) {
      reached.set(next, Math.max(reached.get(next) ?? 0, depth + 1));
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) open.push(next);
    }
  }
  return depths;
}

/** One shortest cycle for each group of steps that need each other; each step needs the next, the last the first. */
export function findCycles(needs: ReadonlyMap<string, readonly string[]>): string[][] {
  const sorted = depthsOf(needs);
  const groupOf = new Map<string, number>();
  const cycles: string[][] = [];
  let group = 0;
  // What can be sorted is in no cycle: in most definitions nothing is left to look at.
  const left = [...needs.keys()].filter((key) => !sorted.has(key));
  const inside = new Set(left);
  const order = finishingOrder(left, (key) => (needs.get(key) ?? []).filter((need) => inside.has(need)));
  const dependents = new Map<string, string[]>(left.map((key) => [key, []]));
  for (const key of left) for (const need of needs.get(key) ?? []) dependents.get(need)?.push(key);
  for (const start of order.reverse()) {
    if (groupOf.has(start)) continue;
    group++;
    const members = [start];
    groupOf.set(start, group);
    for (let index = 0; index < members.length; index++) {
      for (const next of dependents.get(members[index] ?? "") ?? []) {
        if (groupOf.has(next)) continue;
        groupOf.set(next, group);
        members.push(next);
      }
    }
    if (members.length > 1) cycles.push(shortestCycle(new Set(members), needs));
  }
  return cycles;
}

/** Keys in the order in which a depth-first walk leaves them, without recursion. */
function finishingOrder(keys: readonly string[], nextOf: (key: string) => readonly string[]): string[] {
  const seen = new Set<string>();
  const order: string[] = [];
  for (const root of keys) {
    if (seen.has(root)) continue;
    seen.add(root);
    const stack = [{ key: root, next: nextOf(root), index: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.next[top.index++];
      if (next === undefined) {
        order.push(top.key);
        stack.pop();
      } else if (!seen.has(next)) {
        seen.add(next);
        stack.push({ key: next, next: nextOf(next), index: 0 });
      }
    }
  }
  return order;
}

function shortestCycle(members: ReadonlySet<string>, needs: ReadonlyMap<string, readonly string[]>): string[] {
  // The first in template order is where people start to read.
  let first = "";
  for (const key of needs.keys()) {
    if (members.has(key)) {
      first = key;
      break;
    }
  }
  const cameFrom = new Map<string, string>();
  const open = [first];
  for (let index = 0; index < open.length; index++) {
    const key = open[index] ?? first;
    for (const next of needs.get(key) ?? []) {
      if (next === first) return pathBack(key, first, cameFrom);
      if (!members.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, key);
      open.push(next);
    }
  }
  return [first];
}

function pathBack(last: string, first: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path: string[] = [];
  for (let key = last; key !== first; key = cameFrom.get(key) ?? first) path.push(key);
  return [first, ...path.reverse()];
}

function needsOf(key: string, step: Tree): Need[] {
  const needs = step.kind === "map" ? step.entries.get("needs")?.value : undefined;
  if (needs === undefined) return [];
  const listed = needs.kind === "list" ? needs.items : [needs];
  return listed.flatMap((item, index) => {
    if (item.kind !== "scalar" || typeof item.value !== "string") return [];
    const path = ["steps", key, "needs", ...(needs.kind === "list" ? [index] : [])];
    return [{ key: item.value, path, ...place(item.at) }];
  });
}

function* others(keys: Iterable<string>, key: string): Iterable<string> {
  for (const other of keys) if (other !== key) yield other;
}

function shown(path: string[]): string[] {
  if (path.length <= MAX_SHOWN) return path;
  const half = MAX_SHOWN / 2;
  return [...path.slice(0, half), `(${path.length - MAX_SHOWN} more)`, ...path.slice(-half)];
}
