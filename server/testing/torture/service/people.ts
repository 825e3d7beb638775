import { chance, type Dice, pick } from "../../dice";
import { codeOf, type Insisted, insist } from "./insist";
import type { Message } from "./wire";
import { pass, type World, type WorldRun } from "./world";

/** What people asked for and were told, for the final judgement. */
export class PeopleRecord {
  /** Of each dispatch-ready, the tasks that its answer named. */
  readonly dispatched: string[][] = [];
  /** Of each cancel, by task. */
  readonly cancels: { taskId: string; status: number; sends: number }[] = [];
  readonly aborts: { runId: string; status: number }[] = [];
  /** The last mode that was confirmed, by run. */
  readonly modes = new Map<string, string>();
  private keys = 0;

  /** A key that was never used. */
  newKey(): string {
    this.keys += 1;
    return `key-${this.keys}`;
  }
}

interface Person {
  world: World;
  record: PeopleRecord;
  dice: Dice;
  run: WorldRun;
}

/** One person who clicks about: dispatches, cancels, aborts, switches modes, looks, and repeats what was not answered. */
export async function actAsPerson(
  world: World,
  record: PeopleRecord,
  given: { dice: Dice; steps: number; maySwitch: boolean },
): Promise<void> {
  const { dice, steps, maySwitch } = given;
  for (let step = 0; step < steps; step += 1) {
    await pass(dice(40));
    const person: Person = { world, record, dice, run: pick(dice, world.runs) };
    const roll = dice(100);
    if (roll < 45) await dispatch(person, drawDispatch(dice, person.run));
    else if (roll < 60) await cancel(person);
    else if (roll < 65) await abort(person);
    else if (roll < 80) await (maySwitch ? switchMode(person) : look(person));
    else if (roll < 90) await look(person);
    else await trespass(person);
  }
}

function drawDispatch(dice: Dice, run: WorldRun): { limit?: number; keys?: string[] } {
  const keys = [...run.plan.needs.keys()];
  if (chance(dice, 30)) return {};
  if (chance(dice, 50)) return { limit: 1 + dice(5) };
  const chosen = keys.filter(() => chance(dice, 40));
  return { keys: chosen.length > 0 ? chosen : [pick(dice, keys)] };
}

/** Dispatches what is ready, once per key however often it is sent; answers how many tasks that were. */
export async function dispatch(
  { world, record, dice, run }: Person,
  body: { limit?: number; keys?: string[] },
): Promise<number> {
  const headers = { "idempotency-key": record.newKey() };
  const message = post(world, `/workflow-runs/${run.id}/dispatch-ready`, { body, headers });
  const { answer } = await insist(world, dice, { message, mayHaunt: true });
  if (answer.status === 409 && codeOf(answer) === "run_aborted") return 0;
  if (answer.status !== 200) {
    world.violate(`dispatch-ready ${JSON.stringify(body)} was answered ${answer.status}: ${answer.text}`);
    return 0;
  }
  const said = JSON.parse(answer.text) as { dispatched: boolean; task_ids?: string[] };
  record.dispatched.push(said.task_ids ?? []);
  if (chance(dice, 15)) await reuseKey(world, dice, message);
  return said.task_ids?.length ?? 0;
}

/** The key of an answered request with another body is refused. */
async function reuseKey(world: World, dice: Dice, message: Message): Promise<void> {
  const answer = await world.send(world.host(dice), { ...message, body: { limit: 777 } });
  // A repeat whose sender has left may still be looking at the key.
  const mayBe = ["idempotency_key_reused", "idempotency_key_in_progress"];
  if (answer && answer.status < 500 && !mayBe.includes(codeOf(answer) ?? ""))
    world.violate(`a used Idempotency-Key with another body was answered ${answer.status}: ${answer.text}`);
}

async function cancel({ world, record, dice, run }: Person): Promise<void> {
  const [key, taskId] = pick(dice, [...run.tasks]);
  const message = post(world, `/tasks/${taskId}/cancel`, { body: { reason: "torture" } });
  const { answer, sends } = await insist(world, dice, { message, mayHaunt: true });
  record.cancels.push({ taskId, status: answer.status, sends });
  if (answer.status === 200) world.stoppedAt.set(taskId, answer.receivedAt);
  else if (codeOf(answer) !== "task_ended")
    world.violate(`the cancel of ${key} was answered ${answer.status}: ${answer.text}`);
}

async function abort({ world, record, dice, run }: Person): Promise<void> {
  const message = post(world, `/workflow-runs/${run.id}/abort`, { body: {} });
  const { answer } = await insist(world, dice, { message, mayHaunt: true });
  record.aborts.push({ runId: run.id, status: answer.status });
  if (answer.status !== 200) {
    if (codeOf(answer) !== "run_settled") world.violate(`an abort was answered ${answer.status}: ${answer.text}`);
    return;
  }
  world.stoppedAt.set(run.id, answer.receivedAt);
  const said = JSON.parse(answer.text) as { status: string };
  if (said.status !== "aborted") world.violate(`an abort was answered with the run ${said.status}`);
}

async function switchMode({ world, record, dice, run }: Person): Promise<void> {
  const mode = pick(dice, ["auto", "manual"] as const);
  const message = post(world, `/workflow-runs/${run.id}/dispatch-mode`, { body: { dispatch: mode } });
  // A switch that takes effect after the next one would be right and impossible to judge.
  const { answer, sends } = await insist(world, dice, { message, mayHaunt: false });
  // Refused when it was repeated: the first time, whose answer was lost, it may have switched.
  if (answer.status !== 200 && sends > 1) record.modes.delete(run.id);
  if (answer.status === 200) record.modes.set(run.id, mode);
  else if (!["run_aborted", "run_settled"].includes(codeOf(answer) ?? ""))
    world.violate(`a mode switch was answered ${answer.status}: ${answer.text}`);
}

async function look({ world, dice, run }: Person): Promise<void> {
  const paths = ["/plan", "/events", "/tasks", ""];
  const path = `/api/v1/workflow-runs/${run.id}${pick(dice, paths)}`;
  const answer = await world.send(world.host(dice), { method: "GET", path, token: world.apiToken });
  if (answer && answer.status < 500 && answer.status !== 200)
    world.violate(`GET ${path} was answered ${answer.status}: ${answer.text}`);
}

/** Whatever another team asks for is not there. */
async function trespass({ world, dice, run }: Person): Promise<void> {
  const [, taskId] = pick(dice, [...run.tasks]);
  const runPath = `/workflow-runs/${run.id}`;
  const paths = ["/abort", "/dispatch-ready"].map((verb) => `${runPath}${verb}`).concat(`/tasks/${taskId}/cancel`);
  const message = { ...post(world, pick(dice, paths), { body: {} }), token: world.strangerToken };
  const answer = await world.send(world.host(dice), message);
  if (answer && answer.status < 500 && answer.status !== 404)
    world.violate(`${message.path} of another team was answered ${answer.status}: ${answer.text}`);
}

/** Creates the schedule's runs, each with a key of its own, repeated like everything else. */
export async function createRuns(world: World, record: PeopleRecord, dice: Dice): Promise<void> {
  for (const plan of world.plan.runs) {
    const steps = Object.fromEntries(
      [...plan.needs].map(([key, needs]) => [key, { run: "true", needs, "runs-on": plan.runsOn.get(key) ?? [] }]),
    );
    const definition = { name: "torture", "on-failure": plan.onFailure, steps };
    const body = { definition, dispatch: plan.dispatch };
    const headers = { "idempotency-key": record.newKey() };
    const message = post(world, "/workflow-runs", { body, headers });
    const { answer }: Insisted = await insist(world, dice, { message, mayHaunt: true });
    if (answer.status !== 201) throw new Error(`the run was not created: ${answer.status} ${answer.text}`);
    const run = JSON.parse(answer.text) as { id: string; task_ids: string[] };
    const tasks = [...plan.needs.keys()].map((key, index): [string, string] => [key, run.task_ids[index] ?? ""]);
    world.runs.push({ id: run.id, plan, tasks: new Map(tasks) });
  }
}

function post(world: World, path: string, more: { body: unknown; headers?: Record<string, string> }): Message {
  return { method: "POST", path: `/api/v1${path}`, token: world.apiToken, ...more };
}
