import type { TaskStatus } from "../core/status";
import type { TaskSpec } from "../core/workflow-definition";
import type { Queryable } from "../db/pool";

export interface AttemptRow {
  number: number;
  runner: string;
  claimedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  /** As the runner reported it; null when the server ended the attempt. */
  outcome: string | null;
  exitCode: number | null;
  reason: string | null;
  logEntries: number;
}

export interface TaskDrawer {
  id: string;
  key: string;
  status: TaskStatus;
  command: string;
  shell: string;
  workingDirectory: string | null;
  timeoutSeconds: number | null;
  /** Names and values of the step's and the workflow's variables. */
  env: Record<string, string>;
  labels: string[];
  needs: { key: string; status: TaskStatus }[];
  neededBy: { key: string; status: TaskStatus }[];
  attempts: AttemptRow[];
}

interface Row {
  id: string;
  key: string;
  status: TaskStatus;
  spec: TaskSpec;
  runs_on: string[];
  env: Record<string, string>;
  run_id: string;
}

interface AttemptSql {
  number: number;
  runner: string;
  claimed_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  reported_status: string | null;
  exit_code: number | null;
  reason: string | null;
  log_entries: number;
}

const NEIGHBOURS = 50;

/** Everything about one task that its row does not show; null when the team has no such task. */
export async function readTaskDrawer(
  db: Queryable,
  which: { teamId: string; taskId: string },
): Promise<TaskDrawer | null> {
  const { rows } = await db.query<Row>(
    `SELECT t.id, t.key, t.status, t.spec, t.runs_on, t.run_id, r.env
       FROM task t JOIN workflow_run r ON r.id = t.run_id WHERE t.id = $1 AND t.team_id = $2`,
    [which.taskId, which.teamId],
  );
  const task = rows[0];
  if (!task) return null;
  const attempts = await readAttempts(db, task.id);
  const needs = await db.query<{ key: string; status: TaskStatus }>(
    `SELECT n.key, n.status FROM dependency d JOIN task n ON n.id = d.needs_task_id
      WHERE d.run_id = $1 AND d.task_id = $2 ORDER BY n.position LIMIT ${NEIGHBOURS}`,
    [task.run_id, task.id],
  );
  const neededBy = await db.query<{ key: string; status: TaskStatus }>(
    `SELECT n.key, n.status FROM dependency d JOIN task n ON n.id = d.task_id
      WHERE d.needs_task_id = $1 ORDER BY n.position LIMIT ${NEIGHBOURS}`,
    [task.id],
  );
  return {
    id: task.id,
    key: task.key,
    status: task.status,
    command: task.spec.run,
    shell: task.spec.shell,
    workingDirectory: task.spec.workingDirectory ?? null,
    timeoutSeconds: task.spec.timeoutSeconds ?? null,
    env: { ...task.env, ...task.spec.env },
    labels: task.runs_on,
    needs: needs.rows,
    neededBy: neededBy.rows,
    attempts,
  };
}

async function readAttempts(db: Queryable, taskId: string): Promise<AttemptRow[]> {
  const { rows } = await db.query<AttemptSql>(
    `SELECT a.number, r.name AS runner, a.claimed_at, a.started_at, a.ended_at, a.reported_status, a.exit_code, a.reason,
            a.log_entries
       FROM attempt a JOIN runner r ON r.id = a.runner_id WHERE a.task_id = $1 ORDER BY a.number DESC`,
    [taskId],
  );
  return rows.map((row) => ({
    number: row.number,
    runner: row.runner,
    claimedAt: row.claimed_at.getTime(),
    startedAt: row.started_at?.getTime() ?? null,
    endedAt: row.ended_at?.getTime() ?? null,
    outcome: row.reported_status,
    exitCode: row.exit_code,
    reason: row.reason,
    logEntries: row.log_entries,
  }));
}
