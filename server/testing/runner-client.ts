import { randomUUID } from "node:crypto";
import type { Queryable } from "../db/pool";
import { type Answer, call, makeRunner, makeTeam } from "./api-client";

/** A team with one runner and the few requests that tests of the runner protocol repeat. */
export interface ProtocolTest {
  teamId: string;
  apiToken: string;
  runnerId: string;
  runnerToken: string;
  /** One sync as instance "one" with four slots, unless `body` says otherwise. */
  sync: (body?: object, token?: string) => Promise<Answer>;
  post: (path: string, body?: object) => Promise<Answer>;
  get: (path: string) => Promise<Answer>;
  /** Starts a run of `{key: needs}` in auto mode, unless said. */
  run: (needs: Record<string, string[]>, more?: object) => Promise<ProtocolRun>;
  /** The task with this key as REST tells it. */
  task: (run: ProtocolRun, key: string) => Promise<Answer["json"]>;
  /** How many events each run of the team has. */
  eventCount: (run: ProtocolRun) => Promise<number>;
}

export interface ProtocolRun {
  id: string;
  number: number;
  tasks: Record<string, string>;
}

export const INSTANCE = { instance_id: "one", version: "1", labels: ["linux"], slots: 4 };

/** Makes a team of its own, so that no test is given another's work. */
export async function protocolTest(db: Queryable): Promise<ProtocolTest> {
  const team = await makeTeam(db, `team ${randomUUID()}`);
  const runner = await makeRunner(db, team.teamId);
  const post = (path: string, body?: object) =>
    call("POST", `/api/v1${path}`, { token: team.token, ...(body ? { body } : {}) });
  const get = (path: string) => call("GET", `/api/v1${path}`, { token: team.token });
  const run = async (needs: Record<string, string[]>, more: object = {}) => {
    const keys = Object.keys(needs);
    const steps = Object.fromEntries(keys.map((key) => [key, { run: "true", needs: needs[key] }]));
    const { json } = await post("/workflow-runs", { definition: { name: "test", steps }, dispatch: "auto", ...more });
    return {
      id: json.id as string,
      number: json.number as number,
      tasks: Object.fromEntries(keys.map((key, index) => [key, json.task_ids[index] as string])),
    };
  };
  return {
    teamId: team.teamId,
    apiToken: team.token,
    runnerId: runner.runnerId,
    runnerToken: runner.token,
    sync: (body = {}, token = runner.token) =>
      call("POST", "/api/runner/sync", { token, body: { runner: INSTANCE, ...body } }),
    post,
    get,
    run,
    task: async ({ tasks }, key) => (await get(`/tasks/${tasks[key]}`)).json,
    eventCount: async ({ id }) => (await get(`/workflow-runs/${id}/events`)).json.items.length,
  };
}
