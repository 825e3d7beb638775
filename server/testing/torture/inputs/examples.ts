import { makeRunner } from "../../api-client";
import type { Things, World } from "./world";
import { INSTANCE, makeAttempt, makeRun } from "./world";

/** A request that must be accepted as it is. */
export interface Valid {
  /** What takes the place of `{id}`. */
  id?: string;
  /** JSON; of a procedure its input. */
  body?: unknown;
  /** Sent as YAML instead. */
  yaml?: string;
  token?: string;
  /** The ids in it, so that another team's can take their places. */
  ids?: Partial<Things>;
}

export interface Example {
  make: (world: World) => Promise<Valid>;
  /** It is made again after so many requests that changed something; 1 unless said. */
  lasts?: number;
  /** Ids of another team are answered one by one inside a 200, as the protocol says. */
  answersEach?: true;
}

const definition = (world: World) => ({
  name: `workflow ${world.next()}`,
  description: "what it is for",
  dispatch: "manual",
  "on-failure": "continue",
  env: { LEVEL: "debug", COUNT: 12 },
  defaults: { "runs-on": ["linux"], "timeout-minutes": 5 },
  steps: {
    a: { name: "first", run: "true", shell: "sh", env: { X: "1" } },
    b: { run: "true", needs: ["a"], "runs-on": "gpu", "timeout-minutes": 0.5, "working-directory": "x" },
  },
});

const YAML = (world: World) => `# what it is
name: workflow ${world.next()}
dispatch: manual
env: &env { LEVEL: debug, COUNT: 12 }
steps:
  a:
    run: |
      echo one
      echo "two"
    env: *env
  b:
    needs: [a]
    run: 'true'
    timeout-minutes: 0.5
`;

/** Every second time as YAML, where both are taken. */
const definitionBody = async (world: World): Promise<Valid> =>
  world.next() % 2 === 0 ? { yaml: YAML(world) } : { body: definition(world) };

const onRun =
  (body: unknown) =>
  async ({ ours }: World): Promise<Valid> => {
    const { id } = await makeRun(ours);
    return { id, body, ids: { run: id } };
  };

const onRunOfProcedure =
  (body: object) =>
  async ({ ours }: World): Promise<Valid> => {
    const { id } = await makeRun(ours);
    return { body: { runId: id, ...body }, ids: { run: id } };
  };

/** The first two are a template's run and a definition's; the third a definition as a text. */
const createRun = async (world: World): Promise<Valid> => {
  const { template } = world.ours.things;
  const rest = { dispatch: "auto", title: "a title", inputs: {} };
  const which = world.next() % 3;
  if (which === 0) return { body: { workflow_template_id: template, ...rest }, ids: { template } };
  return { body: { definition: which === 1 ? definition(world) : YAML(world), ...rest } };
};

const source = async (world: World): Promise<Valid> =>
  world.next() % 2 === 0
    ? { body: { source: YAML(world), format: "yaml" } }
    : { body: { source: JSON.stringify(definition(world)), format: "json" } };

const see =
  (kind: keyof Things, body: object) =>
  async (world: World): Promise<Valid> => {
    const id = world.ours.things[kind];
    return { body: { [`${kind}Id`]: id, ...body }, ids: { [kind]: id } };
  };

const AT = "2026-01-01T00:00:00.000Z";

/** Valid requests by the name of the target; what needs no more than an id is not here. */
export const EXAMPLES: Record<string, Example> = {
  "POST /api/v1/workflow-templates": { make: definitionBody },
  "POST /api/v1/workflow-templates/validate": { make: definitionBody },
  "POST /api/v1/workflow-runs": { make: createRun },
  "POST /api/v1/workflow-runs/{id}/dispatch-ready": { make: onRun({ keys: ["a"] }) },
  "POST /api/v1/workflow-runs/{id}/dispatch-mode": { make: onRun({ dispatch: "auto" }) },
  "POST /api/v1/workflow-runs/{id}/abort": { make: onRun({ reason: "no longer needed" }) },
  "POST /api/v1/tasks/{id}/cancel": {
    make: async ({ ours }) => {
      const [id = ""] = (await makeRun(ours)).task_ids;
      return { id, body: { reason: "no longer needed" }, ids: { task: id } };
    },
  },
  "POST /api/v1/runners": { make: async (world) => ({ body: { name: `runner ${world.next()}` } }) },
  "DELETE /api/v1/runners/{id}": {
    make: async ({ db, ours }) => {
      const { runnerId } = await makeRunner(db, ours.teamId);
      return { id: runnerId, ids: { runner: runnerId } };
    },
  },
  "POST /api/runner/sync": {
    lasts: 20,
    answersEach: true,
    make: async ({ db, ours }) => {
      const { token, attempt, run, task, runnerId } = await makeAttempt(db, ours);
      const report = {
        attempt_id: attempt,
        status: "running",
        at: AT,
        exit_code: 0,
        reason: "x",
        outputs: { rows: "12" },
      };
      const held = [{ attempt_id: attempt, status: "queued" }];
      const about = { ...INSTANCE, os: "linux", arch: "x64", state: "active" };
      const body = { runner: about, held, reports: [report], free_slots: 2, wait_ms: 0 };
      return { token, body, ids: { attempt, run, task, runner: runnerId } };
    },
  },
  "POST /api/runner/attempts/{id}/logs": {
    lasts: 20,
    make: async ({ db, ours }) => {
      const { token, attempt } = await makeAttempt(db, ours);
      const entries = [
        { seq: 1, stream: "stdout", at: AT, text: "one\n" },
        { seq: 2, stream: "stderr", at: "2026-01-01T05:45:00+05:45", text: "\u001b[31mtwo" },
      ];
      return { id: attempt, token, body: { entries }, ids: { attempt } };
    },
  },
  "runs.create": { make: createRun },
  "runs.dispatchReady": { make: onRunOfProcedure({ request: { limit: 1 } }) },
  "runs.setDispatchMode": { make: onRunOfProcedure({ dispatch: "auto" }) },
  "runs.abort": { make: onRunOfProcedure({ reason: "no longer needed" }) },
  "tasks.cancel": {
    make: async ({ ours }) => {
      const [taskId = ""] = (await makeRun(ours)).task_ids;
      return { body: { taskId, reason: "no longer needed" }, ids: { task: taskId } };
    },
  },
  "templates.validate": { make: source },
  "templates.create": { make: source },

  "runs.list": { make: async () => ({ body: { status: "created", limit: 5, before: 100 } }) },
  "runs.get": { make: async () => ({ body: { number: 1 } }) },
  "runs.tasks": { make: see("run", { limit: 5 }) },
  "runs.plan": { make: see("run", {}) },
  "runs.events": { make: see("run", { after: 0, limit: 5 }) },
  "runs.changes": { make: see("run", { after: 0, lastEventId: "0" }) },
  "tasks.get": { make: see("task", {}) },
  "tasks.logs": { make: see("task", { attempt: 1, after: 0, limit: 5 }) },
  "templates.list": { make: async () => ({ body: { limit: 5 } }) },
  "templates.get": { make: see("template", { version: 1 }) },
  "screens.runs": { make: async () => ({ body: { cursor: 100, limit: 5 } }) },
  "screens.run": { make: async () => ({ body: { number: 1 } }) },
  "screens.runGraph": { make: see("run", {}) },
  "screens.runTasks": { make: see("run", {}) },
  "screens.runHistory": { make: see("run", { cursor: 5, limit: 5 }) },
  "screens.reasons": {
    make: async ({ ours: { things } }) => ({
      body: { runId: things.run, taskIds: [things.task] },
      ids: { run: things.run, task: things.task },
    }),
  },
  "screens.task": { make: see("task", {}) },
  "screens.log": { make: see("task", { attempt: 1, after: 0, before: null, limit: 5 }) },
  "screens.template": { make: see("template", {}) },
  "live.changes": { make: see("run", { after: 0, lastEventId: "0" }) },
};
