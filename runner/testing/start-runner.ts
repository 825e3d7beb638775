import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findMarkedProcesses, sendSignal } from "../process-table";
import { FakeServer } from "./fake-server";

export interface RunningRunner {
  child: ChildProcess;
  stderr: () => string;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface Bench {
  server: FakeServer;
  directory: string;
  stateDir: string;
  /** The real program as a process of its own; a second call with the same state directory is a restart. */
  start(flags?: string[], env?: Record<string, string>): RunningRunner;
  close(): Promise<void>;
}

export const TOKEN = "runner-token-canary-4711";

/** A server, a place on disk, and runners that are ended with the test. */
export async function makeBench(): Promise<Bench> {
  const server = await new FakeServer().start();
  const directory = mkdtempSync(path.join(tmpdir(), "switchyard-runner-"));
  const stateDir = path.join(directory, "state");
  const runners: RunningRunner[] = [];
  const start = (flags: string[] = [], env: Record<string, string> = {}): RunningRunner => {
    const args = [
      "--import",
      "tsx",
      "runner/main.ts",
      "--url",
      server.url,
      "--state-dir",
      stateDir,
      "--grace-seconds",
      "1",
      ...flags,
    ];
    if (!flags.includes("--slots")) args.push("--slots", "4");
    const child = spawn(process.execPath, args, {
      cwd: path.resolve(import.meta.dirname, "../.."),
      env: { ...process.env, SWITCHYARD_RUNNER_TOKEN: TOKEN, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
    });
    const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.on("exit", (code, signal) => resolve({ code, signal }));
    });
    const runner = { child, stderr: () => stderr, exited };
    runners.push(runner);
    return runner;
  };
  const close = async () => {
    for (const runner of runners) runner.child.kill("SIGKILL");
    await Promise.all(runners.map((runner) => runner.exited));
    await server.stop();
    // A runner that is killed leaves its steps running: end those that this server gave out.
    const marked = await findMarkedProcesses();
    for (const [attemptId, pids] of marked)
      if (server.gave.has(attemptId)) for (const pid of pids) sendSignal(pid, "SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  return { server, directory, stateDir, start, close };
}

/** Resolves with the first value that is neither false nor nothing; fails when none comes in time. */
export async function until<T>(look: () => T | undefined | null | false, what: string, withinMs = 15_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = look();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether the process lives; one that has ended but was never reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
