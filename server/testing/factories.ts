import type { Actor } from "../core/run-draft";
import type { DispatchMode, FailurePolicy, TaskStatus } from "../core/status";
import type { StepDefinition, WorkflowDefinition } from "../core/workflow-definition";
import { createRun } from "../engine/create-run";
import { createRunner } from "../engine/create-runner";
import { createEngine, type Engine } from "../engine/engine";
import { newId } from "../engine/ids";
import type { RunnerIdentity } from "../engine/register-syncs";
import type { Settings } from "../engine/settings";
import { sweepExpired } from "../engine/sweep-expired";

export const ADA: Actor = { type: "user", id: "ada", name: "Ada" };

/** An engine on this test file's own database; end it with `engine.stop()`. */
export function testEngine(settings: Partial<Settings> = {}): Engine {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is not set: the test needs the worker-db set-up");
  return createEngine(url, {
    leaseSeconds: 60,
    runningLeaseSeconds: 300,
    graceSeconds: 10,
    logMaxBytes: 1_000_000,
    ...settings,
  });
}

/** A team of its own; returns its id. */
export async function makeTeam(engine: Engine, name = "Team"): Promise<string> {
  const id = newId();
  await engine.pool.query("INSERT INTO team (id, name) VALUES ($1, $2)", [id, name]);
  return id;
}

/** A runner of the team, as its token would prove it. */
export async function makeRunner(engine: Engine, teamId: string, name = "runner"): Promise<RunnerIdentity> {
  const { runnerId } = await createRunner(engine, { teamId, name, tokenHash: newId() });
  return { id: runnerId, teamId, name };
}

/** Steps from `{key: needs}`, in that order. */
export function steps(
  needs: Record<string, string[]>,
  change: (step: StepDefinition) => void = () => {},
): StepDefinition[] {
  return Object.entries(needs).map(([key, keys]) => {
    const step: StepDefinition = {
      key,
      name: key,
      needs: keys,
      runsOn: [],
      spec: { run: "true", shell: "bash", env: {} },
    };
    change(step);
    return step;
  });
}

/** A definition around the steps. */
export function workflow(list: StepDefinition[], change: Partial<WorkflowDefinition> = {}): WorkflowDefinition {
  return { name: "test", dispatch: "manual", onFailure: "continue", env: {}, steps: list, ...change };
}

export interface TestRun {
  teamId: string;
  runId: string;
  /** Task ids by key. */
  tasks: Record<string, string>;
}

/** Starts a run of `{key: needs}`. */
export async function makeRun(
  engine: Engine,
  given: {
    teamId: string;
    needs: Record<string, string[]>;
    dispatch?: DispatchMode;
    onFailure?: FailurePolicy;
    change?: (step: StepDefinition) => void;
  },
): Promise<TestRun> {
  const definition = workflow(steps(given.needs, given.change), {
    dispatch: given.dispatch ?? "manual",
    onFailure: given.onFailure ?? "continue",
  });
  const { runId } = await createRun(engine, { teamId: given.teamId, actor: ADA, definition });
  const { rows } = await engine.pool.query<{ key: string; id: string }>("SELECT key, id FROM task WHERE run_id = $1", [
    runId,
  ]);
  return { teamId: given.teamId, runId, tasks: Object.fromEntries(rows.map((row) => [row.key, row.id])) };
}

/** The statuses of a run's tasks by key. */
export async function taskStatuses(engine: Engine, runId: string): Promise<Record<string, TaskStatus>> {
  const { rows } = await engine.pool.query<{ key: string; status: TaskStatus }>(
    "SELECT key, status FROM task WHERE run_id = $1 ORDER BY position",
    [runId],
  );
  return Object.fromEntries(rows.map((row) => [row.key, row.status]));
}

/** One sweep of a server that has been alive all the time; a test's engine does not say so by itself. */
export async function sweepNow(engine: Engine): Promise<void> {
  await engine.pool.query("UPDATE server_heartbeat SET alive_at = clock_timestamp()");
  await sweepExpired(engine);
}
