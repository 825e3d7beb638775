import type { RunStatus } from "../core/status";
import type { WorkflowDefinition } from "../core/workflow-definition";
import type { Queryable } from "../db/pool";

export interface TemplateCard {
  id: string;
  name: string;
  version: number;
  description: string | null;
  steps: number;
  dispatch: "manual" | "auto";
  updatedAt: number;
  /** Newest first. */
  lastRuns: { number: number; status: RunStatus; settled: boolean; createdAt: number }[];
}

interface Row {
  id: string;
  name: string;
  version: number;
  description: string | null;
  dispatch: "manual" | "auto";
  steps: number;
  updated_at: Date;
  last_runs: { number: number; status: RunStatus; settled: boolean; createdAt: number }[] | null;
}

/** The team's templates by name, with how their last runs went. */
export async function readTemplatesPage(db: Queryable, which: { teamId: string }): Promise<TemplateCard[]> {
  const { rows } = await db.query<Row>(
    `SELECT t.id, t.name, t.version, v.definition->>'description' AS description, v.definition->>'dispatch' AS dispatch,
            jsonb_array_length(v.definition->'steps') AS steps, t.updated_at,
            (SELECT jsonb_agg(r ORDER BY r.number DESC) FROM (
               SELECT number, status, settled, (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt"
                 FROM workflow_run WHERE template_id = t.id ORDER BY number DESC LIMIT 12) r) AS last_runs
       FROM workflow_template t
       JOIN workflow_template_version v ON v.template_id = t.id AND v.version = t.version
      WHERE t.team_id = $1 AND t.archived_at IS NULL
      ORDER BY lower(t.name)`,
    [which.teamId],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    version: row.version,
    description: row.description,
    dispatch: row.dispatch,
    steps: row.steps,
    updatedAt: row.updated_at.getTime(),
    lastRuns: row.last_runs ?? [],
  }));
}

export interface TemplatePage {
  id: string;
  name: string;
  version: number;
  archived: boolean;
  source: string;
  format: "yaml" | "json";
  definition: WorkflowDefinition;
  updatedAt: number;
}

/** A template's newest version with its source; null when the team has no such template. */
export async function readTemplatePage(
  db: Queryable,
  which: { teamId: string; templateId: string },
): Promise<TemplatePage | null> {
  const { rows } = await db.query<Omit<TemplatePage, "updatedAt"> & { updated_at: Date }>(
    `SELECT t.id, t.name, t.version, t.archived_at IS NOT NULL AS archived, v.source, v.format, v.definition, t.updated_at
       FROM workflow_template t
       JOIN workflow_template_version v ON v.template_id = t.id AND v.version = t.version
      WHERE t.team_id = $1 AND t.id = $2`,
    [which.teamId, which.templateId],
  );
  const row = rows[0];
  if (!row) return null;
  const { updated_at, ...page } = row;
  return { ...page, updatedAt: updated_at.getTime() };
}
