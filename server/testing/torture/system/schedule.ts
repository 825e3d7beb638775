import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../../start/testing/until";
import { violationsOf } from "../../check-run";
import { survivorsOf } from "./census";
import type { Facts } from "./facts";
import { carryOut, type Scene } from "./faults";
import { gatherFacts } from "./gather-facts";
import { judgeEvents } from "./judge-events";
import { isLogAwaited, judgeLogs } from "./judge-logs";
import { judgeOrder } from "./judge-order";
import { judgeOutcomes } from "./judge-outcomes";
import { judgePeople } from "./judge-people";
import type { Fault, Plan } from "./plan";
import { stepScript } from "./step-script";
import { CLEAR_UP_MS, LOGS_MS, SETTLE_MS } from "./times";
import type { Lane, World } from "./world";

export interface Outcome {
  violations: string[];
  story: string[];
}

/** Does what the plan says in this lane, and judges what came of it. */
export async function runSchedule(world: World, lane: Lane, plan: Plan & { name: string }): Promise<Outcome> {
  const story: string[] = [];
  const startedAt = performance.now();
  const tell = (line: string) =>
    story.push(`${String(Math.round(performance.now() - startedAt)).padStart(6)} ms ${line}`);
  const violations: string[] = [];
  const ledgerFile = path.join(world.dir, `ledger-${plan.name.replaceAll(/\W/g, "-")}-${lane.label}`);
  try {
    const { id, task_ids } = await createRun(world, lane, { ...plan, ledgerFile });
    world.runIds.add(id);
    for (const step of plan.steps) tell(`step ${JSON.stringify(step)}`);
    const taskIds = new Map(plan.steps.map(({ key }, index) => [key, task_ids[index] ?? ""]));
    const asked = { abort: null, cancel: null };
    const scene: Scene = { world, lane, runId: id, taskIds, ledgerFile, disturbances: [], asked, violations, tell };
    await Promise.all(inTurns(plan.faults).map((faults) => carryOutAll(scene, faults)));
    await settle(scene);
    tell("the run has settled");
    await expectNobodyLeft(scene);
    const facts = await untilLogged(scene, plan);
    tell(`the run is ${facts.runStatus}; ${facts.attempts.length} attempts`);
    for (const one of facts.attempts) tell(`attempt ${JSON.stringify(one)}`);
    violations.push(...judgeOutcomes(facts), ...judgeOrder(facts), ...judgePeople(facts), ...judgeLogs(facts));
    violations.push(...(await judgeEvents(world, facts, id)), ...(await violationsOf(world, id)));
    for (const attempt of facts.attempts) world.census.lastSeenMs.delete(attempt.id);
    if (violations.length === 0) world.runIds.delete(id);
  } catch (error) {
    violations.push(`the schedule could not be brought to its end: ${messageOf(error)}`);
  }
  if (violations.length > 0)
    for (const runner of lane.runners)
      tell(`runner ${runner.place.name} said last:\n${runner.instance.said().slice(-2_000)}`);
  rmSync(ledgerFile, { force: true });
  return { violations, story };
}

/** Faults of one runner, and those of the server, one after the other; the rest at the same time. */
function inTurns(faults: Fault[]): Fault[][] {
  const [first, second] = faults;
  const placeOf = (fault: Fault) => ("runner" in fault ? fault.runner : fault.kind);
  return first && second && placeOf(first) === placeOf(second) ? [faults] : faults.map((fault) => [fault]);
}

async function carryOutAll(scene: Scene, faults: Fault[]): Promise<void> {
  for (const fault of faults) await carryOut(scene, fault);
}

function createRun(
  { server }: World,
  lane: Lane,
  plan: Plan & { name: string; ledgerFile: string },
): Promise<{ id: string; task_ids: string[] }> {
  const steps = Object.fromEntries(
    plan.steps.map((step) => [
      step.key,
      {
        run: stepScript(step),
        needs: step.needs,
        env: { LEDGER: plan.ledgerFile },
        "runs-on": step.isLocal ? "local" : lane.label,
      },
    ]),
  );
  return server.call("POST", "/workflow-runs", { definition: { name: plan.name, steps }, dispatch: "auto" });
}

async function settle({ world: { server }, runId }: Scene): Promise<void> {
  await until(
    "the run to settle",
    async () => (await server.call<{ settled: boolean }>("GET", `/workflow-runs/${runId}`)).settled,
    { timeoutMs: SETTLE_MS, everyMs: 100 },
  );
}

async function expectNobodyLeft({ runId, violations }: Scene): Promise<void> {
  const end = performance.now() + CLEAR_UP_MS;
  for (;;) {
    const left = await survivorsOf(new Set([runId]));
    if (left.length === 0) return;
    if (performance.now() < end) {
      await pause(100);
      continue;
    }
    for (const { pid, line } of left) {
      violations.push(`${line} is alive ${CLEAR_UP_MS} ms after its run has settled`);
      process.kill(pid, "SIGKILL");
    }
    return;
  }
}

/** The facts, once the output of all who must deliver it is there, or is not coming. */
async function untilLogged(scene: Scene, plan: Plan): Promise<Facts> {
  const end = performance.now() + LOGS_MS;
  return until(
    "the facts",
    async () => {
      const facts = await gatherFacts(scene, plan);
      const isComplete = !facts.attempts.some((attempt) => isLogAwaited(facts, attempt));
      return (isComplete || performance.now() > end) && facts;
    },
    { timeoutMs: LOGS_MS + 20_000, everyMs: 200 },
  );
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${messageOf(error.cause)})`;
}
