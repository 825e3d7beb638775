import { type Actor, RunDraft, type TaskFacts } from "../core/run-draft";
import { type DispatchMode, noTasks } from "../core/status";
import type { StepDefinition, WorkflowDefinition } from "../core/workflow-definition";
import type { Tx } from "../db/pool";
import { AppError } from "../errors";
import { wakeFor, writeAdvance } from "./advance-run";
import { AttemptChanges } from "./attempt-changes";
import type { Engine } from "./engine";
import { type Idempotency, rememberAnswer } from "./idempotency";
import { newId } from "./ids";
import { readClock } from "./lock-runs";
import { inTransaction } from "./transaction";

interface NewRun {
  teamId: string;
  actor: Actor;
  definition: WorkflowDefinition;
  /** Absent for an inline definition. */
  templateId?: string;
  templateVersion?: number;
  dispatch?: DispatchMode;
  title?: string;
  idempotency?: Idempotency<{ runId: string }>;
}

/**
 * Starts a run: its row, one task per step and the dependencies between them, all in one transaction of a handful of
 * statements, however many steps there are. In auto mode what is ready is dispatched in it too.
 */
export async function createRun(engine: Engine, given: NewRun): Promise<{ runId: string }> {
  let draft: RunDraft | undefined;
  const result = await inTransaction(engine.pool, (tx) =>
    rememberAnswer(tx, given.idempotency, async () => {
      draft = await insertRun(tx, given);
      return { runId: draft.run.id };
    }),
  );
  if (draft) wakeFor(engine, [draft]);
  return result;
}

async function insertRun(tx: Tx, given: NewRun): Promise<RunDraft> {
  const { definition, actor } = given;
  const number = await takeRunNumber(tx, given.teamId);
  const now = await readClock(tx);
  const steps = definition.steps.map((step, position) => ({ step, facts: newTask(step, position) }));
  const draft = new RunDraft(
    {
      id: newId(),
      teamId: given.teamId,
      number,
      status: "created",
      settled: false,
      aborted: false,
      paused: false,
      started: false,
      dispatch: given.dispatch ?? definition.dispatch,
      onFailure: definition.onFailure,
      counts: { ...noTasks(), created: steps.length },
      lastEventNumber: 0,
      startedAt: null,
      finishedAt: null,
    },
    now,
  );
  await tx.query(
    `INSERT INTO workflow_run (id, team_id, number, template_id, template_version, name, title, dispatch, on_failure, env,
       counts, last_event_at, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12)`,
    [
      draft.run.id,
      given.teamId,
      number,
      given.templateId ?? null,
      given.templateVersion ?? null,
      definition.name,
      given.title ?? definition.runName ?? definition.name,
      draft.run.dispatch,
      definition.onFailure,
      JSON.stringify(definition.env),
      JSON.stringify(draft.run.counts),
      now,
      JSON.stringify(actor),
    ],
  );
  await insertTasks(tx, draft, steps);
  await insertDependencies(tx, draft, steps);
  draft.record("workflow_run.created", null, actor, { dispatch: draft.run.dispatch, tasks: steps.length });
  if (draft.mayAutoDispatch)
    for (const { facts } of steps) if (facts.unmetNeeds === 0) draft.apply(draft.take(facts), "dispatch", actor);
  await writeAdvance({ tx, drafts: [draft], attempts: new AttemptChanges() });
  return draft;
}

/** Locks the team's row until the commit: numbers have no gaps and a higher one is never seen before a lower one. */
async function takeRunNumber(tx: Tx, teamId: string): Promise<number> {
  const { rows } = await tx.query<{ last_run_number: number }>(
    "UPDATE team SET last_run_number = last_run_number + 1 WHERE id = $1 RETURNING last_run_number",
    [teamId],
  );
  if (!rows[0]) throw new AppError("not_found", "There is no such team");
  return rows[0].last_run_number;
}

function newTask(step: StepDefinition, position: number): TaskFacts {
  return {
    id: newId(),
    position,
    key: step.key,
    status: "created",
    unmetNeeds: step.needs.length,
    attempt: 0,
    leasesLost: 0,
    attemptId: null,
    runnerId: null,
    reason: null,
    exitCode: null,
    dispatchedAt: null,
    startedAt: null,
    finishedAt: null,
    runsOn: step.runsOn,
  };
}

type Step = { step: StepDefinition; facts: TaskFacts };

async function insertTasks(tx: Tx, draft: RunDraft, steps: Step[]): Promise<void> {
  await tx.query(
    `INSERT INTO task (id, run_id, team_id, position, key, name, spec, runs_on, unmet_needs)
     SELECT x.id, $2, $3, x.position, x.key, x.name, x.spec,
       ARRAY(SELECT jsonb_array_elements_text(x.runs_on)), x.unmet_needs
     FROM json_to_recordset($1::json) AS x(id uuid, position int, key text, name text, spec jsonb, runs_on jsonb,
       unmet_needs int)`,
    [
      JSON.stringify(
        steps.map(({ step, facts }) => ({
          id: facts.id,
          position: facts.position,
          key: step.key,
          name: step.name,
          spec: step.spec,
          runs_on: step.runsOn,
          unmet_needs: facts.unmetNeeds,
        })),
      ),
      draft.run.id,
      draft.run.teamId,
    ],
  );
}

async function insertDependencies(tx: Tx, draft: RunDraft, steps: Step[]): Promise<void> {
  const ids = new Map(steps.map(({ step, facts }) => [step.key, facts.id]));
  const tasks: string[] = [];
  const needs: string[] = [];
  for (const { step, facts } of steps)
    for (const key of step.needs) {
      const id = ids.get(key);
      if (id === undefined) throw new Error(`step ${step.key} needs ${key}, which is not in the definition`);
      tasks.push(facts.id);
      needs.push(id);
    }
  if (tasks.length === 0) return;
  await tx.query(
    "INSERT INTO dependency (run_id, task_id, needs_task_id) SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])",
    [draft.run.id, tasks, needs],
  );
}
