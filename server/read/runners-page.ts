import type { Queryable } from "../db/pool";
import { ONLINE_SECONDS } from "./runner-list";

export interface RunnerCard {
  id: string;
  name: string;
  online: boolean;
  draining: boolean;
  slots: number;
  busy: number;
  labels: string[];
  version: string | null;
  host: string | null;
  lastSeenAt: number | null;
  /** What it works on now. */
  tasks: { key: string; runNumber: number; taskId: string }[];
}

interface Row {
  id: string;
  name: string;
  online: boolean;
  draining: boolean;
  slots: number;
  labels: string[];
  version: string | null;
  os: string | null;
  arch: string | null;
  last_seen_at: Date | null;
  busy: number;
  tasks: RunnerCard["tasks"] | null;
}

/** The team's runners, those online first. */
export async function readRunnersPage(db: Queryable, which: { teamId: string }): Promise<RunnerCard[]> {
  // Live attempts come from the partial index attempt_live_by_runner.
  const { rows } = await db.query<Row>(
    `SELECT r.id, r.name, r.state = 'draining' AS draining, r.slots, r.labels, r.version, r.os, r.arch, r.last_seen_at,
            coalesce(r.last_seen_at > now() - make_interval(secs => ${ONLINE_SECONDS}), false) AS online,
            (SELECT count(*)::int FROM attempt a WHERE a.runner_id = r.id AND a.ended_at IS NULL) AS busy,
            (SELECT jsonb_agg(x) FROM (
               SELECT t.key, w.number AS "runNumber", t.id AS "taskId"
                 FROM attempt a JOIN task t ON t.id = a.task_id JOIN workflow_run w ON w.id = a.run_id
                WHERE a.runner_id = r.id AND a.ended_at IS NULL ORDER BY a.claimed_at LIMIT 8) x) AS tasks
       FROM runner r
      WHERE r.team_id = $1 AND r.revoked_at IS NULL
      ORDER BY online DESC, lower(r.name)`,
    [which.teamId],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    online: row.online,
    draining: row.draining,
    slots: row.slots,
    busy: row.busy,
    labels: row.labels,
    version: row.version,
    host: row.os ? [row.os, row.arch].filter(Boolean).join(" ") : null,
    lastSeenAt: row.last_seen_at?.getTime() ?? null,
    tasks: row.tasks ?? [],
  }));
}
