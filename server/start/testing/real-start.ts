import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readJson } from "../data-dir.mjs";
import { readPostmaster } from "../postmaster.mjs";
import { processTable, startedAt } from "../process-table.mjs";
import type { ProcessRecord } from "../supervise.mjs";
import { until } from "./until";

/** What a developer's own server is told must not reach the one of the test. */
const NOT_OURS = ["DATABASE_URL", "HOST", "AUTH_SECRET", "SWITCHYARD_PUBLIC_URL", "SWITCHYARD_LOCAL_RUNNER"];
const TIMES = {
  SWITCHYARD_GRACE_SECONDS: "2",
  SWITCHYARD_LEASE_SECONDS: "10",
  SWITCHYARD_RUNNING_LEASE_SECONDS: "30",
};
/** Of a server that runs for hours only the last of what it says is of use. */
const OUTPUT_MAX = 100_000;
/** The first start builds. */
const START_MS = 240_000;

interface Task {
  id: string;
  key: string;
  status: string;
  reason: string | null;
  attempt: number;
}
interface Run {
  id: string;
  status: string;
  settled: boolean;
}
export interface RunEvent {
  number: number;
  type: string;
  task_key?: string;
}

/** `npm start` as people start it, on free ports and in a folder of its own, spoken to over REST. */
export class RealStart {
  private readonly dir = mkdtempSync(path.join(os.tmpdir(), "switchyard-system-"));
  readonly dataDir = path.join(this.dir, "data");
  private launcher: ChildProcess | null = null;
  private hasCrashed = false;
  private isClosed = false;
  private output = "";
  private readonly met = new Map<number, string | null>();

  constructor(
    readonly port: number,
    /** What it is told besides, such as leases of its own. */
    private readonly env: Record<string, string> = {},
  ) {}

  /** Starts it and waits until it has greeted. */
  async start(): Promise<void> {
    if (this.isClosed) throw new Error("npm start is being ended for good");
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("SWITCHYARD_"));
    const launcher = spawn(process.execPath, ["server/start/start.mjs"], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...(Object.fromEntries(inherited) as NodeJS.ProcessEnv),
        ...Object.fromEntries(NOT_OURS.map((name) => [name, ""])),
        PORT: String(this.port),
        SWITCHYARD_DATA_DIR: this.dataDir,
        ...TIMES,
        ...this.env,
      },
    });
    this.launcher = launcher;
    this.hasCrashed = false;
    this.output = "";
    for (const stream of [launcher.stdout, launcher.stderr])
      stream.on("data", (data) => {
        this.output = `${this.output}${data}`.slice(-OUTPUT_MAX);
      });
    const outcome = await until(
      "npm start to greet",
      () => (!isRunning(launcher) && "ended") || (this.output.includes("Ctrl-C stops everything.") && "greeted"),
      { timeoutMs: START_MS },
    );
    if (outcome === "ended") throw new Error(`npm start ended:\n${this.output}`);
  }

  /** Tells it to end as Ctrl-C does, and answers how long that took and with which code. */
  async interrupt(): Promise<{ ms: number; code: number | null }> {
    const { launcher } = this;
    if (launcher === null || !isRunning(launcher)) throw new Error(`npm start does not run:\n${this.output}`);
    this.meet();
    const before = performance.now();
    const code = await new Promise<number | null>((resolve) => {
      launcher.once("exit", resolve);
      launcher.kill("SIGINT");
    });
    return { ms: performance.now() - before, code };
  }

  /** Kills the launcher alone like a crash: what it has started goes on without it. */
  async crash(): Promise<void> {
    const { launcher } = this;
    if (launcher === null || !isRunning(launcher)) throw new Error(`npm start does not run:\n${this.output}`);
    this.meet();
    this.hasCrashed = true;
    await new Promise((resolve) => {
      launcher.once("exit", resolve);
      launcher.kill("SIGKILL");
    });
  }

  /** Ends what is left and removes the folder. */
  async close(): Promise<void> {
    // After a crash another start is what ends the things that were left running.
    if (this.hasCrashed) await this.start();
    this.isClosed = true;
    if (this.launcher !== null && isRunning(this.launcher)) await this.interrupt();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** What it has said so far. */
  said(): string {
    return this.output;
  }

  /** Kills it like a crash and answers the pid that died; PostgreSQL with all of its processes at once. */
  kill(name: "web" | "runner" | "postgres"): number {
    this.meet();
    if (name !== "postgres") {
      const { pid } = this.child(name);
      process.kill(pid, "SIGKILL");
      return pid;
    }
    const pid = this.postmaster();
    const family = processTable().filter((one) => one.pid === pid || one.parent === pid);
    for (const one of family) killIfThere(one.pid);
    return pid;
  }

  /** The pid under which it runs now. */
  pid(name: "web" | "runner" | "postgres"): number {
    return name === "postgres" ? this.postmaster() : this.child(name).pid;
  }

  /** Of all processes that it had so far, those that are still there. */
  survivors(): number[] {
    return [...this.met].filter(([pid, started]) => started !== null && startedAt(pid) === started).map(([pid]) => pid);
  }

  /** The answer to a REST call, which the server is expected to be there for. */
  async call<T>(method: "GET" | "POST", where: string, body?: unknown): Promise<T> {
    const response = await this.fetch(where, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** A request to the REST API with the token that `npm start` wrote down. */
  async fetch(where: string, init: RequestInit = {}): Promise<Response> {
    const { url, token } = readJson(path.join(this.dataDir, "server.json"));
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return fetch(`${url}/api/v1${where}`, { ...init, headers });
  }

  /** Starts a run of these steps in auto mode, once the server is there. */
  async run(steps: Record<string, { run: string; needs?: string[] }>): Promise<string> {
    await until("the server to be ready", async () => (await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok);
    const definition = { name: "system test", steps };
    return (await this.call<Run>("POST", "/workflow-runs", { definition, dispatch: "auto" })).id;
  }

  /** The run, once it is over; the server may go away meanwhile. */
  async settled(runId: string): Promise<Run> {
    return until("the run to settle", async () => {
      const run = await this.call<Run>("GET", `/workflow-runs/${runId}`);
      return run.settled && run;
    });
  }

  async tasks(runId: string): Promise<Task[]> {
    return (await this.call<{ items: Task[] }>("GET", `/workflow-runs/${runId}/tasks`)).items;
  }

  async events(runId: string): Promise<RunEvent[]> {
    return (await this.call<{ items: RunEvent[] }>("GET", `/workflow-runs/${runId}/events?limit=1000`)).items;
  }

  /** The processes that a task says of itself with `pid=…` in its log, once there are so many. */
  async pidsOf(runId: string, key: string, count: number): Promise<number[]> {
    return until(`${count} processes of ${key}`, async () => {
      const task = (await this.tasks(runId)).find((one) => one.key === key);
      const { items } = await this.call<{ items: { text: string }[] }>("GET", `/tasks/${task?.id}/logs`);
      const pids = [
        ...items
          .map(({ text }) => text)
          .join("")
          .matchAll(/pid=(\d+)/g),
      ].map(([, pid]) => Number(pid));
      return pids.length >= count && pids;
    });
  }

  private meet(): void {
    const children = Object.values(this.children()).map((one) => one?.pid ?? 0);
    for (const pid of [this.launcher?.pid ?? 0, ...children, this.postmaster()]) this.met.set(pid, startedAt(pid));
  }

  private child(name: "web" | "runner"): ProcessRecord {
    const record = this.children()[name];
    if (!record) throw new Error(`npm start has not started its ${name} yet`);
    return record;
  }

  /** What is noted on disk; nothing in the middle of a start. */
  private children(): Partial<Record<"web" | "runner", ProcessRecord>> {
    return readJson(path.join(this.dataDir, "children.json")) ?? {};
  }

  private postmaster(): number {
    return readPostmaster(path.join(this.dataDir, "postgres", "data"))?.pid ?? 0;
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // A process of PostgreSQL ends by itself as soon as the first one is gone.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
