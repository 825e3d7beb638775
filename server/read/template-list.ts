import type { Queryable } from "../db/pool";

/** A page ends early rather than carry more steps than this. */
const STEPS_PER_PAGE = 50_000;

export interface TemplateListRow {
  id: string;
  name: string;
  version: number;
  description: string | null;
  dispatch: string;
  on_failure: string;
  step_count: number;
  steps: { key: string; name: string; needs: string[] }[];
  created_at: Date;
  updated_at: Date;
}

interface Filter {
  teamId: string;
  limit: number;
  /** Only templates whose (name, id) is greater. */
  after?: { name: string; id: string } | undefined;
}

/** The team's unarchived templates by name, each in its newest version. */
export async function readTemplateList(
  db: Queryable,
  filter: Filter,
): Promise<{ rows: TemplateListRow[]; next: { name: string; id: string } | null }> {
  // The page is chosen without the definitions; only the steps of the chosen ones are unpacked.
  const { rows: heads } = await db.query<{ id: string; name: string; step_count: number }>(
    `SELECT w.id, w.name, jsonb_array_length(v.definition->'steps') AS step_count
     FROM workflow_template w
     JOIN workflow_template_version v ON v.template_id = w.id AND v.version = w.version
     WHERE w.team_id = $1 AND w.archived_at IS NULL AND ($2::text IS NULL OR (w.name, w.id) > ($2, $3::uuid))
     ORDER BY w.name, w.id LIMIT $4`,
    [filter.teamId, filter.after?.name ?? null, filter.after?.id ?? null, filter.limit + 1],
  );
  const page = heads.slice(0, Math.min(filter.limit, fitting(heads)));
  const last = page.at(-1);
  const { rows } = await db.query<TemplateListRow>(
    `SELECT w.id, w.name, w.version, v.definition->>'description' AS description, v.definition->>'dispatch' AS dispatch,
       v.definition->>'onFailure' AS on_failure, jsonb_array_length(v.definition->'steps') AS step_count,
       (SELECT COALESCE(jsonb_agg(jsonb_build_object('key', s->'key', 'name', s->'name', 'needs', s->'needs') ORDER BY n), '[]')
        FROM jsonb_array_elements(v.definition->'steps') WITH ORDINALITY AS step(s, n)) AS steps,
       w.created_at, w.updated_at
     FROM workflow_template w
     JOIN workflow_template_version v ON v.template_id = w.id AND v.version = w.version
     WHERE w.id = ANY($1::uuid[]) AND w.team_id = $2 ORDER BY w.name, w.id`,
    [page.map((row) => row.id), filter.teamId],
  );
  return { rows, next: heads.length > page.length && last ? { name: last.name, id: last.id } : null };
}

function fitting(heads: { step_count: number }[]): number {
  let steps = 0;
  const tooMuch = heads.findIndex((head) => {
    steps += head.step_count;
    return steps > STEPS_PER_PAGE;
  });
  return tooMuch === -1 ? heads.length : Math.max(1, tooMuch);
}
