import type { EventType, RunStatus, TaskStatus } from "../../../core/status";
import type { Pool } from "../../../db/pool";

export interface OutcomeRun {
  id: string;
  status: RunStatus;
  settled: boolean;
  dispatch: string;
}

export interface OutcomeAttempt {
  id: string;
  task_id: string;
  key: string;
  number: number;
  runner_id: string;
  instance_id: string;
  claimed_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  ended_by: "runner" | "server" | null;
  reported_status: string | null;
  exit_code: number | null;
  /** By the observers: when it was made and ended in truth. */
  made_at: Date;
  seen_end_at: Date | null;
  live_at_claim: number;
  slots: number;
  lease_left_ms: number | null;
  /** Until when it was held at its end. */
  lease_at: Date | null;
  /** When a server had last said, at its end, that it is alive. */
  server_alive_at: Date | null;
}

export interface OutcomeEvent {
  run_id: string;
  number: number;
  type: EventType;
  task_id: string | null;
  at: Date;
  actor_type: string;
  actor_id: string | null;
  data: { from?: TaskStatus; attempt_id?: string; why?: string; dispatch?: string };
}

/** What the database says of a team once everything is over. */
export interface Outcome {
  runs: OutcomeRun[];
  attempts: Map<string, OutcomeAttempt>;
  events: OutcomeEvent[];
}

const RUNS = "SELECT id, status, settled, dispatch FROM workflow_run WHERE team_id = $1";
const ATTEMPTS = `
SELECT a.*, t.key, s.made_at, s.ended_at AS seen_end_at, s.live_at_claim, s.slots, s.lease_left_ms, s.lease_at,
  s.server_alive_at
FROM workflow_run r JOIN attempt a ON a.run_id = r.id JOIN task t ON t.id = a.task_id
  JOIN seen_attempt s ON s.attempt_id = a.id
WHERE r.team_id = $1`;
const EVENTS = `
SELECT e.* FROM workflow_run r JOIN event e ON e.run_id = r.id WHERE r.team_id = $1 ORDER BY e.run_id, e.number`;

/** Reads it all; nothing writes any more. */
export async function readOutcome(pool: Pool, teamId: string): Promise<Outcome> {
  const client = await pool.connect();
  try {
    const [runs, attempts, events] = await Promise.all([
      client.query<OutcomeRun>({ name: "outcome_runs", text: RUNS, values: [teamId] }),
      client.query<OutcomeAttempt>({ name: "outcome_attempts", text: ATTEMPTS, values: [teamId] }),
      client.query<OutcomeEvent>({ name: "outcome_events", text: EVENTS, values: [teamId] }),
    ]);
    return {
      runs: runs.rows,
      attempts: new Map(attempts.rows.map((attempt) => [attempt.id, attempt])),
      events: events.rows,
    };
  } finally {
    client.release();
  }
}
