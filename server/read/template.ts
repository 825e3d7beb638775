import type { WorkflowDefinition } from "../core/workflow-definition";
import type { Queryable } from "../db/pool";

export interface TemplateRow {
  id: string;
  name: string;
  version: number;
  /** The newest version of the template, whichever was asked for. */
  latest_version: number;
  definition: WorkflowDefinition;
  source: string;
  format: "yaml" | "json";
  created_by: string | null;
  created_at: Date;
  updated_at: Date;
  archived_at: Date | null;
}

/** A template of the team in one version (the newest unless named), or null. */
export async function readTemplate(
  db: Queryable,
  which: { teamId: string; templateId: string; version?: number | undefined },
): Promise<TemplateRow | null> {
  const { rows } = await db.query<TemplateRow>(
    `SELECT w.id, w.name, v.version, w.version AS latest_version, v.definition, v.source, v.format, v.created_by,
       w.created_at, v.created_at AS updated_at, w.archived_at
     FROM workflow_template w
     JOIN workflow_template_version v ON v.template_id = w.id AND v.version = COALESCE($3, w.version)
     WHERE w.id = $1 AND w.team_id = $2`,
    [which.templateId, which.teamId, which.version ?? null],
  );
  return rows[0] ?? null;
}
