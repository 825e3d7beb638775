import type { Queryable } from "../db/pool";

export interface RunnerRow {
  id: string;
  name: string;
  labels: string[];
  slots: number;
  state: "active" | "draining";
  version: string | null;
  os: string | null;
  arch: string | null;
  /** Attempts that it holds now. */
  busy: number;
  /** Heard from lately. */
  online: boolean;
  created_at: Date;
  last_seen_at: Date | null;
}

/** A runner parks its sync for at most 30 s; twice that without a word is away. */
export const ONLINE_SECONDS = 60;

/** The team's runners that are not revoked, by name. */
export async function readRunnerList(db: Queryable, teamId: string): Promise<RunnerRow[]> {
  const { rows } = await db.query<RunnerRow>(
    `SELECT r.id, r.name, r.labels, r.slots, r.state, r.version, r.os, r.arch,
       (SELECT count(*)::int FROM attempt a WHERE a.runner_id = r.id AND a.ended_at IS NULL) AS busy,
       COALESCE(r.last_seen_at > now() - make_interval(secs => $2), false) AS online,
       r.created_at, r.last_seen_at
     FROM runner r WHERE r.team_id = $1 AND r.revoked_at IS NULL ORDER BY r.name, r.id`,
    [teamId, ONLINE_SECONDS],
  );
  return rows;
}
