import type { RunStatus } from "../core/status";
import type { Queryable } from "../db/pool";
import { RUN_COLUMNS, type RunRow } from "./run";

/** A page ends early rather than carry more ids of tasks than this. */
const TASK_IDS_PER_PAGE = 100_000;

interface Filter {
  teamId: string;
  status?: RunStatus | undefined;
  templateId?: string | undefined;
  limit: number;
  /** Only runs with a smaller number. */
  before?: number | undefined;
  withTaskIds?: boolean;
}

export interface RunPage {
  rows: (RunRow & { task_ids?: string[] })[];
  /** `before` of the next page; null at the end. */
  nextBefore: number | null;
}

/** The team's runs, newest first. */
export async function readRunList(db: Queryable, filter: Filter): Promise<RunPage> {
  // Walks the unique index (team_id, number) backwards from the cursor; one more row than asked tells if there is a next page.
  const { rows } = await db.query<RunRow>(
    `SELECT ${RUN_COLUMNS} FROM workflow_run r
     WHERE r.team_id = $1 AND r.number < $2
       AND ($3::text IS NULL OR r.status = $3) AND ($4::uuid IS NULL OR r.template_id = $4)
     ORDER BY r.number DESC LIMIT $5`,
    [filter.teamId, filter.before ?? 2_147_483_647, filter.status ?? null, filter.templateId ?? null, filter.limit + 1],
  );
  const page = rows.slice(0, filter.withTaskIds ? Math.min(filter.limit, fitting(rows)) : filter.limit);
  const nextBefore = rows.length > page.length ? (page.at(-1)?.number ?? null) : null;
  if (!filter.withTaskIds) return { rows: page, nextBefore };
  const taskIds = await readTaskIds(
    db,
    page.map((row) => row.id),
  );
  return { rows: page.map((row) => ({ ...row, task_ids: taskIds.get(row.id) ?? [] })), nextBefore };
}

function fitting(rows: RunRow[]): number {
  let tasks = 0;
  const tooMuch = rows.findIndex((row) => {
    tasks += Object.values(row.counts).reduce((sum, count) => sum + count, 0);
    return tasks > TASK_IDS_PER_PAGE;
  });
  return tooMuch === -1 ? rows.length : Math.max(1, tooMuch);
}

async function readTaskIds(db: Queryable, runIds: string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query<{ run_id: string; task_ids: string[] }>(
    `SELECT run_id, array_agg(id::text ORDER BY position) AS task_ids FROM task
     WHERE run_id = ANY($1::uuid[]) GROUP BY run_id`,
    [runIds],
  );
  return new Map(rows.map((row) => [row.run_id, row.task_ids]));
}
