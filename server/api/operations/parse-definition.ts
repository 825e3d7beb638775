import type { WorkflowDefinition } from "../../core/workflow-definition";
import { parseWorkflow } from "../../core/workflow-format";
import { AppError } from "../../errors";

export type SourceFormat = "yaml" | "json";

/** The definition in a text, or `invalid_workflow` with every problem and its place. */
export function parseDefinition(
  source: unknown,
  format: SourceFormat | "object",
  pointerBase = "",
): WorkflowDefinition {
  const { definition, problems } = parseWorkflow(source, format);
  if (definition && problems.length === 0) return definition;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  throw new AppError(
    "invalid_workflow",
    `The workflow definition has ${count}${problems[0] ? `: ${problems[0].message}` : ""}`,
    problems.map((problem) => ({ ...problem, pointer: pointerBase + problem.pointer })),
  );
}
