import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../../start/testing/until";
import type { Asked, Disturbance } from "./facts";
import { countLines } from "./ledger";
import type { Fault } from "./plan";
import { hasExited, type RealRunner } from "./real-runner";
import { HARMLESS_MS } from "./times";
import type { Lane, World } from "./world";

/** Where a schedule happens, and what is noted about it on the way. */
export interface Scene {
  world: World;
  lane: Lane;
  runId: string;
  taskIds: Map<string, string>;
  ledgerFile: string;
  disturbances: Disturbance[];
  asked: Asked;
  violations: string[];
  /** One more line of what was done. */
  tell: (line: string) => void;
}

/** No run of a schedule takes so long to write its next line when all is well. */
const TRIGGER_MS = 2_500;
const REPLACED_MS = 10_000;
const DRAINED_MS = 30_000;

/** Waits for the moment of the fault, does it, and mends what it broke. */
export async function carryOut(scene: Scene, fault: Fault): Promise<void> {
  const end = performance.now() + TRIGGER_MS;
  while (countLines(scene.ledgerFile) < fault.afterLines && performance.now() < end) await pause(4);
  await pause(fault.thenMs);
  scene.tell(`${describe(fault)}, after ${countLines(scene.ledgerFile)} lines of the ledger`);
  await hurt(scene, fault);
  scene.tell(`${fault.kind}: over`);
}

function describe({ afterLines: _lines, thenMs: _then, ...rest }: Fault): string {
  return Object.entries(rest)
    .map(([name, value]) => (name === "kind" ? value : `${name} ${value}`))
    .join(" ");
}

function hurt(scene: Scene, fault: Fault): Promise<void> {
  const { lane } = scene;
  switch (fault.kind) {
    case "abort":
    case "cancel":
      return ask(scene, fault);
    case "kill-web":
    case "stop-web":
    case "kill-postgres":
    case "kill-launcher":
      return hurtServer(scene, fault);
    case "full-disk":
      return fillDisk(scene, lane.runners[0], fault.forMs);
    case "kill-runner":
      return killRunner(scene, lane.runners[fault.runner], fault.downMs);
    case "stop-runner":
      return stopRunner(scene, lane.runners[fault.runner], fault.forMs);
    case "drain-runner":
      return drainRunner(scene, lane.runners[fault.runner]);
    case "replace-runner":
      return replaceRunner(scene, lane.runners[fault.runner]);
    case "clock":
      return moveClock(lane.runners[fault.runner], fault);
    default:
      return hurtConnections(scene, lane.runners[fault.runner], fault);
  }
}

/** Does something in a time that is noted as a disturbance. */
async function disturbed(
  scene: Scene,
  how: Omit<Disturbance, "fromMs" | "toMs">,
  work: () => Promise<void>,
): Promise<void> {
  const disturbance = { ...how, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
  scene.disturbances.push(disturbance);
  await work();
  disturbance.toMs = Date.now();
}

/** A person asks, and asks again until there is an answer. */
async function ask(scene: Scene, fault: Fault & { kind: "abort" | "cancel" }): Promise<void> {
  const { server } = scene.world;
  const atMs = Date.now();
  const where =
    fault.kind === "abort" ? `/workflow-runs/${scene.runId}/abort` : `/tasks/${scene.taskIds.get(fault.key)}/cancel`;
  const response = await until(`an answer to ${fault.kind}`, async () => {
    const answer = await server.fetch(where, { method: "POST", body: "{}", signal: AbortSignal.timeout(10_000) });
    return answer.status < 500 && answer;
  });
  const answer = response.status;
  scene.tell(`${fault.kind} was answered ${answer}`);
  if (answer !== 200 && answer !== 409) scene.violations.push(`${fault.kind} was answered ${answer}`);
  const question = { atMs, answeredAtMs: Date.now(), answer };
  if (fault.kind === "abort") scene.asked.abort = question;
  else scene.asked.cancel = { key: fault.key, ...question };
}

function hurtServer(scene: Scene, fault: Fault): Promise<void> {
  const { server, localRunnerId } = scene.world;
  const everybody = { what: fault.kind, runnerId: null, allows: "loss", isAway: false } as const;
  const untilReady = () =>
    until("the server to be ready again", async () => {
      const url = `http://127.0.0.1:${server.port}/readyz`;
      return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
    });
  switch (fault.kind) {
    case "kill-web":
      return disturbed(scene, everybody, async () => {
        const killed = server.kill("web");
        await until("another web process", () => server.pid("web") !== killed);
        await untilReady();
      });
    case "kill-postgres":
      return disturbed(scene, everybody, async () => {
        const killed = server.kill("postgres");
        await until("another PostgreSQL", () => ![0, killed].includes(server.pid("postgres")));
        await untilReady();
      });
    case "kill-launcher":
      return disturbed(scene, everybody, () =>
        disturbed(scene, { ...everybody, runnerId: localRunnerId, isAway: true }, async () => {
          await server.crash();
          await server.start();
        }),
      );
    case "stop-web": {
      const allows = fault.forMs > HARMLESS_MS ? "loss" : "nothing";
      return disturbed(scene, { ...everybody, allows }, async () => {
        const pid = server.pid("web");
        process.kill(pid, "SIGSTOP");
        await pause(fault.forMs);
        process.kill(pid, "SIGCONT");
        await untilReady();
      });
    }
    default:
      throw new Error(`${fault.kind} is no fault of the server`);
  }
}

async function fillDisk(scene: Scene, runner: RealRunner, forMs: number): Promise<void> {
  const { disk } = runner.place;
  // Where nothing can be mounted, another fault stands in.
  if (disk === null) return hurtConnections(scene, runner, { kind: "cut", times: 1 });
  await disturbed(scene, { what: "full disk", runnerId: runner.id, allows: "disk-full", isAway: false }, async () => {
    disk.fill();
    await pause(forMs);
    disk.empty();
  });
}

async function moveClock(runner: RealRunner, { stepMs, forMs }: { stepMs: number; forMs: number }): Promise<void> {
  // No disturbance: whatever the wall clock says, nothing may come of it.
  runner.setClock(stepMs);
  await pause(forMs);
  runner.setClock(0);
}

function killRunner(scene: Scene, runner: RealRunner, downMs: number): Promise<void> {
  return disturbed(scene, { what: "killed", runnerId: runner.id, allows: "loss", isAway: true }, async () => {
    const { child, exited } = runner.instance;
    child.kill("SIGKILL");
    await exited;
    await pause(downMs);
    await runner.start();
  });
}

function stopRunner(scene: Scene, runner: RealRunner, forMs: number): Promise<void> {
  const allows = forMs > HARMLESS_MS ? "loss" : "nothing";
  return disturbed(scene, { what: "stopped", runnerId: runner.id, allows, isAway: true }, async () => {
    const { child } = runner.instance;
    child.kill("SIGSTOP");
    await pause(forMs);
    child.kill("SIGCONT");
  });
}

/** The first signal: nothing new, what runs comes to its end and is delivered. */
function drainRunner(scene: Scene, runner: RealRunner): Promise<void> {
  return disturbed(scene, { what: "drained", runnerId: runner.id, allows: "unstarted", isAway: false }, async () => {
    const { instance } = runner;
    instance.child.kill("SIGTERM");
    const end = performance.now() + DRAINED_MS;
    while (!hasExited(instance) && performance.now() < end) await pause(20);
    if (!hasExited(instance)) {
      scene.violations.push(`the runner was not drained within ${DRAINED_MS / 1_000} s: ${instance.said()}`);
      instance.child.kill("SIGKILL");
    } else if (instance.child.exitCode !== 0)
      scene.violations.push(`the drained runner ended with ${instance.child.exitCode ?? instance.child.signalCode}`);
    await runner.start();
  });
}

/** A second start with the same token and the same state directory: the newer one ends the older one and goes on. */
function replaceRunner(scene: Scene, runner: RealRunner): Promise<void> {
  return disturbed(scene, { what: "replaced", runnerId: runner.id, allows: "loss", isAway: true }, async () => {
    const older = runner.instance;
    await runner.start();
    const end = performance.now() + REPLACED_MS;
    while (!hasExited(older) && performance.now() < end) await pause(20);
    // A runner that another fault has stopped cannot end by itself.
    if (older.child.exitCode === 3 || older.child.signalCode === "SIGKILL") return;
    scene.violations.push(`the replaced runner ended with ${older.child.exitCode ?? "nothing: it goes on"}`);
    older.child.kill("SIGKILL");
  });
}

type ConnectionFault =
  | { kind: "cut"; times: number }
  | { kind: "swallow"; forMs: number }
  | { kind: "delay"; eachMs: number; forMs: number }
  | { kind: "partition"; forMs: number; isReset: boolean };

function hurtConnections(scene: Scene, runner: RealRunner, fault: ConnectionFault): Promise<void> {
  const { proxy } = runner.place;
  const allows = fault.kind === "partition" && fault.forMs > HARMLESS_MS ? "loss" : "nothing";
  return disturbed(scene, { what: fault.kind, runnerId: runner.id, allows, isAway: false }, async () => {
    switch (fault.kind) {
      case "cut":
        for (let time = 0; time < fault.times; time++) {
          proxy.cut();
          await pause(40);
        }
        return;
      case "swallow": {
        // The time counts from the first answer that is lost: before it nobody notices anything.
        const before = proxy.swallowed;
        proxy.swallow();
        const end = performance.now() + TRIGGER_MS;
        while (proxy.swallowed === before && performance.now() < end) await pause(4);
        break;
      }
      case "delay":
        proxy.delay(fault.eachMs);
        break;
      case "partition":
        proxy.partition();
    }
    await pause(fault.forMs);
    if (fault.kind === "partition" && fault.isReset) proxy.cut();
    proxy.heal();
  });
}
