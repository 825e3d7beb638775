import type { WorkflowDefinition } from "../../core/workflow-definition";
import { createRun } from "../../engine/create-run";
import type { Idempotency } from "../../engine/idempotency";
import { readTemplate } from "../../read/template";
import type { Caller } from "../caller";
import type { CreateRunBody } from "../schemas";
import { existingId, found } from "./found";
import { parseDefinition } from "./parse-definition";

/** Creates a run of a template's newest version or of a definition that came with the request. */
export async function startRun(
  caller: Caller,
  body: CreateRunBody,
  idempotency?: Idempotency<{ runId: string }>,
): Promise<{ runId: string }> {
  const { engine, teamId, actor } = caller;
  const what = await definitionOf(caller, body);
  return createRun(engine, {
    teamId,
    actor,
    ...what,
    ...(body.dispatch ? { dispatch: body.dispatch } : {}),
    ...(body.title ? { title: body.title } : {}),
    ...(idempotency ? { idempotency } : {}),
  });
}

async function definitionOf(
  { engine, teamId }: Caller,
  body: CreateRunBody,
): Promise<{ definition: WorkflowDefinition; templateId?: string; templateVersion?: number }> {
  if (body.workflow_template_id === undefined) {
    const { definition } = body;
    return {
      definition:
        typeof definition === "string"
          ? parseDefinition(definition, "yaml", "/definition")
          : parseDefinition(definition, "object", "/definition"),
    };
  }
  const templateId = existingId(body.workflow_template_id, "workflow template");
  const template = found(await readTemplate(engine.pool, { teamId, templateId }), "workflow template");
  return { definition: template.definition, templateId, templateVersion: template.version };
}
