import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import type { Problem } from "../core/workflow-definition";
import { parseWorkflow } from "../core/workflow-format";
import { StartError } from "./progress.mjs";
import { fromWfFormat, isWfFormat, type TimedStep } from "./wf-format";

const REPOSITORY = ["env", "SWITCHYARD_REPOSITORY"];
const PROBLEMS_SHOWN = 20;

export interface ExampleInput {
  name: string;
  /** Recorded times; null for a definition, whose steps take as long as they take. */
  steps: TimedStep[] | null;
  count: number;
  /** The definition as YAML or JSON text under another name, run only by runners with a label if one is given. */
  source(name: string, label: string | null): string;
}

/** Reads a workflow definition or a recorded execution from a file; throws StartError with what is wrong in it. */
export function readInput(file: string, { speed, root }: { speed: number; root: string }): ExampleInput {
  const text = readText(file);
  const isJson = path.extname(file).toLowerCase() === ".json";
  const value = isJson ? parseJson(text, file) : null;
  if (value !== null && isWfFormat(value)) {
    const name = `${path.basename(file, path.extname(file)).slice(0, 150)} at ${speed}x`;
    const { definition, steps } = fromWfFormat(value, { name, speed });
    const source = withLabel(JSON.stringify(definition), {});
    const { problems } = parseWorkflow(definition, "object");
    if (problems.length > 0) throw new StartError(`${file} makes no workflow:\n${listed(problems)}`);
    return { name, steps, count: steps.length, source };
  }
  const { definition, problems } = parseWorkflow(text, isJson ? "json" : "yaml");
  if (definition === null) throw new StartError(`${file} has problems:\n${listed(problems)}`);
  const wantsRepository = definition.env.SWITCHYARD_REPOSITORY === "" && existsSync(path.join(root, ".git"));
  const source = withLabel(text, wantsRepository ? { repository: root } : {});
  return { name: definition.name, steps: null, count: definition.steps.length, source };
}

/** Whether two sources say the same, whatever their comments, quotes and line breaks. */
export function isSameWorkflow(a: string, b: string): boolean {
  const [one, other] = [a, b].map((source) => parseWorkflow(source, "yaml").definition);
  return one !== null && isDeepStrictEqual(one, other);
}

function withLabel(text: string, { repository }: { repository?: string }) {
  return (name: string, label: string | null) => {
    // JSON is YAML as well; places and comments stay as they are.
    const document = parseDocument(text);
    document.set("name", name);
    if (repository !== undefined) document.setIn(REPOSITORY, repository);
    if (label !== null) {
      const steps: unknown = document.toJS().steps;
      for (const key of Object.keys(steps ?? {})) document.setIn(["steps", key, "runs-on"], [label]);
    }
    return document.toString({ lineWidth: 0 });
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new StartError(`${file} cannot be read (${code}).`);
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function listed(problems: readonly Problem[]): string {
  const lines = problems.slice(0, PROBLEMS_SHOWN).map(({ line, column, pointer, message }) => {
    const place = line === undefined ? pointer : `line ${line}, column ${column}`;
    return `  ${place}: ${message}`;
  });
  if (problems.length > PROBLEMS_SHOWN) lines.push(`  and ${problems.length - PROBLEMS_SHOWN} more`);
  return lines.join("\n");
}
