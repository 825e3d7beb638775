import type { Actor } from "../core/run-draft";
import type { WorkflowDefinition } from "../core/workflow-definition";
import { AppError } from "../errors";
import type { Engine } from "./engine";
import { type Idempotency, rememberAnswer } from "./idempotency";
import { newId } from "./ids";
import { inTransaction } from "./transaction";

/** Saves a new template with its first version; throws `name_taken`. */
export async function createTemplate(
  engine: Engine,
  given: {
    teamId: string;
    actor: Actor;
    definition: WorkflowDefinition;
    /** As it was written, byte for byte. */
    source: string;
    format: "yaml" | "json";
    idempotency?: Idempotency<{ templateId: string }>;
  },
): Promise<{ templateId: string }> {
  const { teamId, actor, definition, source, format } = given;
  return inTransaction(engine.pool, (tx) =>
    rememberAnswer(tx, given.idempotency, async () => {
      const templateId = newId();
      // The partial unique index workflow_template_name_taken decides between two that save the same name at once.
      const { rowCount } = await tx.query(
        `INSERT INTO workflow_template (id, team_id, name, version) VALUES ($1, $2, $3, 1)
         ON CONFLICT (team_id, name) WHERE archived_at IS NULL DO NOTHING`,
        [templateId, teamId, definition.name],
      );
      if (rowCount === 0)
        throw new AppError("name_taken", `A template named "${definition.name}" exists already; choose another name`);
      await tx.query(
        `INSERT INTO workflow_template_version (template_id, version, source, format, definition, created_by)
         VALUES ($1, 1, $2, $3, $4, $5)`,
        [templateId, source, format, JSON.stringify(definition), actor.name],
      );
      return { templateId };
    }),
  );
}
