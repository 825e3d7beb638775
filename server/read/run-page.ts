import type { Queryable } from "../db/pool";
import { type RunSummary, readRunSummaries } from "./run-summary";
import { ONLINE_SECONDS } from "./runner-list";

export interface RunPage {
  run: RunSummary;
  template: { id: string; name: string; archived: boolean } | null;
  runnersOnline: number;
}

/** Head of the run page: small whatever the number of tasks; null when the team has no such run. */
export async function readRunPage(db: Queryable, which: { teamId: string; number: number }): Promise<RunPage | null> {
  const [run] = await readRunSummaries(db, which);
  if (!run) return null;
  const { rows: templates } = await db.query<{ id: string; name: string; archived: boolean }>(
    "SELECT id, name, archived_at IS NOT NULL AS archived FROM workflow_template WHERE id = $1 AND team_id = $2",
    [run.templateId, which.teamId],
  );
  const { rows: runners } = await db.query<{ online: number }>(
    `SELECT count(*)::int AS online FROM runner
      WHERE team_id = $1 AND revoked_at IS NULL AND last_seen_at > now() - make_interval(secs => ${ONLINE_SECONDS})`,
    [which.teamId],
  );
  return { run, template: templates[0] ?? null, runnersOnline: runners[0]?.online ?? 0 };
}
