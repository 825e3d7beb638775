import type { Problem, StepDefinition, WorkflowDefinition, WorkflowStats } from "./workflow-definition";
import { checkGraph, measure } from "./workflow-graph";
import { readJson } from "./workflow-json";
import { fromIssues, toProblems } from "./workflow-problems";
import { MAX_SOURCE_BYTES, MAX_STEPS, type ParsedStep, type ParsedWorkflow, workflowSchema } from "./workflow-schema";
import { type Finding, find, place, plain, type Reading, readObject, type Tree } from "./workflow-tree";
import { readYaml } from "./workflow-yaml";

export interface ParseAnswer {
  /** Null when there is any problem. */
  definition: WorkflowDefinition | null;
  problems: Problem[];
  stats: WorkflowStats | null;
}

/** Reads a workflow definition and says everything that is wrong with it at once; never throws for what is written in it. */
export function parseWorkflow(source: string, format: "yaml" | "json"): ParseAnswer;
export function parseWorkflow(source: unknown, format: "object"): ParseAnswer;
export function parseWorkflow(source: unknown, format: "yaml" | "json" | "object"): ParseAnswer;
export function parseWorkflow(source: unknown, format: "yaml" | "json" | "object"): ParseAnswer {
  if (format === "object") return check(readObject(source), null);
  const text = String(source);
  if (Buffer.byteLength(text) > MAX_SOURCE_BYTES)
    return refuse([tooLarge("a definition may have at most 8 MiB")], null);
  const { clean, findings } = replaceBadCharacters(text);
  const reading = format === "json" ? readJson(clean) : readYaml(clean);
  return check({ tree: reading.tree, findings: [...findings, ...reading.findings] }, clean);
}

function check({ tree, findings }: Reading, source: string | null): ParseAnswer {
  if (tree === null) return refuse(findings, source);
  if (tree.size > MAX_SOURCE_BYTES) {
    const message = "the definition comes to more than 8 MiB when its aliases are written out";
    return refuse(
      [...findings, source === null ? tooLarge(message) : { ...tooLarge(message), code: "alias_expansion" }],
      source,
    );
  }
  if (tree.kind !== "map") {
    const message = "a workflow is a map with name and steps";
    return refuse([...findings, { code: "wrong_type", message, path: [], ...place(tree.at) }], source);
  }
  const all = [...findings, ...checkCharacters(tree, []), ...checkSteps(tree)];
  const parsed = workflowSchema.safeParse(plain(tree));
  if (!parsed.success) all.push(...fromIssues(parsed.error.issues, tree));
  if (!parsed.success || all.length > 0) return refuse(all, source);
  const definition = toDefinition(parsed.data, tree);
  return {
    definition,
    problems: [],
    // Taken only where they are shown: a run that is created has no use for them.
    get stats() {
      return measure(definition.steps);
    },
  };
}

function refuse(findings: Finding[], source: string | null): ParseAnswer {
  return { definition: null, problems: toProblems(findings, source), stats: null };
}

function tooLarge(message: string): Finding {
  return { code: "too_large", message, path: [] };
}

function checkSteps(workflow: Tree): Finding[] {
  const steps = find(workflow, ["steps"]);
  if (steps?.kind !== "map") return [];
  const where = { path: ["steps"], ...place(steps.at) };
  const count = steps.entries.size;
  if (count === 0) return [{ code: "no_steps", message: "a workflow needs at least one step", ...where }];
  if (count > MAX_STEPS) {
    return [{ code: "too_many_steps", message: `${count} steps; a workflow has at most ${MAX_STEPS}`, ...where }];
  }
  return checkGraph(steps);
}

/** Text that neither PostgreSQL nor a process's environment can hold, wherever an escape hides it. */
function checkCharacters(tree: Tree, path: readonly PropertyKey[]): Finding[] {
  const findings: Finding[] = [];
  const visit = (node: Tree, at: readonly PropertyKey[]) => {
    if (node.kind === "scalar" && typeof node.value === "string" && isBad(node.value)) {
      findings.push(badCharacter(at, node.at));
    } else if (node.kind === "list") {
      for (const [index, item] of node.items.entries()) visit(item, [...at, index]);
    } else if (node.kind === "map") {
      for (const [key, entry] of node.entries) {
        if (isBad(key)) findings.push(badCharacter(at, entry.keyAt));
        // It is the one name that JavaScript objects cannot be trusted with; nothing needs it.
        if (key === "__proto__") {
          const message = 'the name "__proto__" cannot be used';
          findings.push({ code: "invalid_name", message, path: [...at, key], ...place(entry.keyAt) });
        }
        visit(entry.value, [...at, key]);
      }
    }
  };
  visit(tree, path);
  return findings;
}

function isBad(text: string): boolean {
  return text.includes("\0") || !text.isWellFormed();
}

function badCharacter(path: readonly PropertyKey[], at: number | undefined): Finding {
  return {
    code: "bad_character",
    message: "NUL characters and half surrogate pairs are not allowed",
    path,
    ...place(at),
  };
}

/** Reports each kind of bad character where it first stands, and goes on without them. */
function replaceBadCharacters(text: string): { clean: string; findings: Finding[] } {
  if (!isBad(text)) return { clean: text, findings: [] };
  // One unit for one unit, so that places stay right.
  const clean = text.replaceAll("\0", "\uFFFD").toWellFormed();
  let at = 0;
  while (text[at] === clean[at]) at++;
  return { clean, findings: [badCharacter([], at)] };
}

function toDefinition(parsed: ParsedWorkflow, tree: Tree): WorkflowDefinition {
  const defaults = parsed.defaults ?? {};
  const runName = parsed["run-name"];
  return {
    name: parsed.name,
    ...(parsed.description === undefined ? {} : { description: parsed.description }),
    ...(runName === undefined ? {} : { runName }),
    dispatch: parsed.dispatch ?? "manual",
    onFailure: parsed["on-failure"] ?? "continue",
    env: envAt(tree, ["env"]),
    steps: Object.entries(parsed.steps).map(([key, step]) => toStep(key, step, defaults, tree)),
  };
}

function toStep(
  key: string,
  step: ParsedStep,
  defaults: NonNullable<ParsedWorkflow["defaults"]>,
  tree: Tree,
): StepDefinition {
  const minutes = step["timeout-minutes"] ?? defaults["timeout-minutes"];
  const workingDirectory = step["working-directory"];
  return {
    key,
    name: step.name ?? key,
    needs: asList(step.needs),
    runsOn: asList(step["runs-on"] ?? defaults["runs-on"]),
    spec: {
      run: step.run,
      shell: step.shell ?? "bash",
      env: envAt(tree, ["steps", key, "env"]),
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
      ...(minutes === undefined ? {} : { timeoutSeconds: toSeconds(minutes) }),
    },
  };
}

/** Variables as they are written: `3.10` stays `3.10`. */
function envAt(tree: Tree, path: readonly PropertyKey[]): Record<string, string> {
  const env = find(tree, path);
  if (env?.kind !== "map") return {};
  const pairs = [...env.entries].map(([name, { value }]) => [name, value.kind === "scalar" ? value.text : ""] as const);
  return Object.fromEntries(pairs);
}

function asList(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : [...new Set(value)];
}

/** To the millisecond, and never nothing: 0.1 minutes are 6 seconds. */
function toSeconds(minutes: number): number {
  return Math.max(0.001, Math.round(minutes * 60_000) / 1000);
}
