import type { Assignment } from "../../runner/protocol";
import type { Actor, RunDraft, TaskFacts } from "../core/run-draft";
import type { TaskSpec } from "../core/workflow-definition";
import type { Queryable } from "../db/pool";
import type { AttemptChanges } from "./attempt-changes";
import { newId } from "./ids";

/** A runner that may be given work in this transaction, which has locked its row. */
export interface Claimer {
  runnerId: string;
  runnerName: string;
  teamId: string;
  instanceId: string;
  syncNumber: string;
  labels: string[];
  /** How many more attempts it may be given. */
  room: number;
}

/** A claim that is answered as an assignment once its transaction has committed. */
export interface Claim {
  attemptId: string;
}

/** Gives a dispatched task to a runner: a new attempt, leased to it. */
export function claimTask(
  draft: RunDraft,
  attempts: AttemptChanges,
  task: TaskFacts,
  claimer: Claimer,
  leaseSeconds: number,
): Claim {
  const attemptId = newId();
  const actor: Actor = { type: "runner", id: claimer.runnerId, name: claimer.runnerName };
  const changes = { attemptId, runnerId: claimer.runnerId, data: { attempt_id: attemptId } };
  if (!draft.apply(task, "claim", actor, changes)) throw new Error(`task ${task.id} is ${task.status}, not dispatched`);
  attempts.made.push({
    id: attemptId,
    taskId: task.id,
    runId: draft.run.id,
    number: task.attempt,
    runnerId: claimer.runnerId,
    instanceId: claimer.instanceId,
    syncNumber: claimer.syncNumber,
    claimedAt: draft.now,
    leaseSeconds,
  });
  claimer.room -= 1;
  return { attemptId };
}

interface AssignmentRow {
  attempt_id: string;
  task_id: string;
  run_id: string;
  run_number: number;
  key: string;
  number: number;
  lease_expires_at: Date | null;
  spec: TaskSpec;
  env: Record<string, string>;
}

/** What runners are told of the given live attempts, by attempt. Reads by primary key; locks nothing. */
export async function readAssignments(db: Queryable, attemptIds: string[]): Promise<Map<string, Assignment>> {
  if (attemptIds.length === 0) return new Map();
  const { rows } = await db.query<AssignmentRow>({
    name: "read_assignments",
    text: `SELECT a.id AS attempt_id, t.id AS task_id, a.run_id, r.number AS run_number, t.key, a.number,
        a.lease_expires_at, t.spec, r.env
      FROM attempt a JOIN task t ON t.id = a.task_id JOIN workflow_run r ON r.id = a.run_id
      WHERE a.id = ANY($1::uuid[]) AND a.ended_at IS NULL ORDER BY a.id`,
    values: [attemptIds],
  });
  return new Map(rows.map((row) => [row.attempt_id, assignmentOf(row)]));
}

function assignmentOf(row: AssignmentRow): Assignment {
  const { run, shell, env, workingDirectory, timeoutSeconds } = row.spec;
  return {
    attempt_id: row.attempt_id,
    task_id: row.task_id,
    run_id: row.run_id,
    run_number: row.run_number,
    key: row.key,
    attempt: row.number,
    lease_expires_at: (row.lease_expires_at ?? new Date(0)).toISOString(),
    spec: {
      run,
      shell,
      env: { ...row.env, ...env },
      ...(workingDirectory === undefined ? {} : { working_directory: workingDirectory }),
      ...(timeoutSeconds === undefined ? {} : { timeout_seconds: timeoutSeconds }),
    },
  };
}
