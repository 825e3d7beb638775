import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { OutputSpool } from "./output-spool";
import type { OutputPipe, PipePool } from "./pipe-pool";
import { isGroupAlive, readProcess } from "./process-table";
import { type Assignment, REASON_TIMED_OUT, type Report } from "./protocol";
import { codeOf, messageOf } from "./say";
import { stepEnvironment } from "./step-environment";
import { stopProcesses } from "./stop-processes";
import { prepareDirectory, StartError } from "./work-directory";

export const REASON_DISK_FULL = "disk-full";
/** How long a process that has ended may have its output held open by what it left behind. */
const LEAK_WAIT_MS = 1_000;
const LEFTOVER_GRACE_MS = 1_000;
/** One argument of a command may be 128 KiB on Linux; longer scripts go through a file. */
const MAX_ARGUMENT_BYTES = 100_000;
const MAX_TIMER_MS = 2_147_483_647;

/** Why the runner ends a process; `quiet` reports nothing. */
export type StopCause =
  | { kind: "cancel"; reason: string }
  | { kind: "time-limit" }
  | { kind: "shutdown" }
  | { kind: "disk"; reason: string }
  | { kind: "quiet" };

export type Outcome = Pick<Report, "status" | "exit_code" | "reason">;

export interface AttemptPlace {
  directory: string;
  logFile: string;
  roots: string[];
  /** What steps get of the host's environment. */
  environment: Record<string, string>;
  pipes: PipePool;
  graceMs: number;
  logMaxBytes: number;
}

export interface AttemptEvents {
  /** Right before a process is made; throws when that cannot be written down, and then none is made. */
  starting(): void;
  started(group: number, startTime: string): void;
  logWritten(bytes: number): void;
}

/** One process and everything it starts, from its fresh directory to its last output. */
export class Attempt {
  group: number | null = null;
  private cause: StopCause | null = null;
  private isEnded = false;
  private stopping: Promise<void> | null = null;
  private readonly spool: OutputSpool;

  constructor(
    readonly assignment: Assignment,
    private readonly place: AttemptPlace,
    private readonly on: AttemptEvents,
  ) {
    this.spool = new OutputSpool(place.logFile, place.logMaxBytes, {
      written: (bytes) => this.on.logWritten(bytes),
      failed: (error) => this.stop({ kind: "disk", reason: diskReason(error) }, place.graceMs),
    });
  }

  /** Whether the server's cancel has been heard. */
  get isCanceling(): boolean {
    return this.cause?.kind === "cancel";
  }

  /** Runs the step to its end and says how it ended; never rejects. */
  async run(): Promise<Outcome> {
    let pipe: OutputPipe | null = null;
    try {
      const cwd = prepareDirectory(this.place.directory, this.assignment.spec.working_directory, this.place.roots);
      pipe = await this.place.pipes.take();
      // Asked to stop before anything was started: there is nothing to signal.
      if (this.cause) return this.outcomeOf(null, null);
      this.on.starting();
      return await this.execute(pipe, cwd);
    } catch (error) {
      return { status: "submit-failed", exit_code: null, reason: startReason(error) };
    } finally {
      this.isEnded = true;
      this.spool.close();
      pipe?.release(pipe.readable.readableEnded);
    }
  }

  /** Signals the attempt's processes, SIGKILL after the grace; the first cause decides the outcome, except that a quiet one stays quiet. */
  stop(cause: StopCause, graceMs: number): void {
    if (this.isEnded) return;
    const hasGone = this.group !== null && readProcess(this.group)?.state === "Z";
    // A process that ended on its own before it was signalled reports what happened.
    if (!hasGone || cause.kind === "quiet" || cause.kind === "disk")
      this.cause = this.cause === null || cause.kind === "quiet" ? cause : this.cause;
    if (this.group !== null)
      this.stopping ??= stopProcesses({ attemptId: this.assignment.attempt_id, group: this.group }, graceMs);
  }

  private async execute(pipe: OutputPipe, cwd: string): Promise<Outcome> {
    const drained = this.readOutput(pipe);
    const child = this.spawn(pipe, cwd);
    const ended = endOf(child);
    if (child.pid !== undefined) {
      this.group = child.pid;
      this.on.started(child.pid, readProcess(child.pid)?.startTime ?? "");
    }
    const limit = this.startClock();
    const { code, signal } = await ended.finally(() => clearTimeout(limit));
    const outcome = this.outcomeOf(code, signal);
    await this.settle(drained);
    // A time limit or a cancel that came while leftovers were being ended changes nothing about the process itself.
    return this.cause?.kind === "quiet" || this.cause?.kind === "disk" ? this.outcomeOf(code, signal) : outcome;
  }

  private readOutput(pipe: OutputPipe): Promise<boolean> {
    pipe.readable.on("data", (chunk: Buffer) => this.spool.push(chunk));
    return new Promise((resolve) => {
      pipe.readable.on("end", () => resolve(true));
      pipe.readable.on("error", () => resolve(false));
      pipe.readable.on("close", () => resolve(false));
    });
  }

  private spawn(pipe: OutputPipe, cwd: string): ChildProcess {
    const { spec } = this.assignment;
    const flags = spec.shell === "bash" ? ["-eo", "pipefail"] : ["-e"];
    try {
      return spawn(spec.shell, [...flags, ...this.script(spec.run)], {
        cwd,
        // Next makes NODE_ENV a part of this type; a step gets none.
        env: stepEnvironment(this.place.environment, this.assignment) as NodeJS.ProcessEnv,
        detached: true,
        stdio: ["ignore", pipe.writeFd, pipe.writeFd],
      });
    } finally {
      pipe.closeWriteEnd();
    }
  }

  private script(run: string): string[] {
    if (Buffer.byteLength(run) <= MAX_ARGUMENT_BYTES) return ["-c", run];
    const file = `${this.place.directory}.script`;
    writeFileSync(file, run, { mode: 0o600 });
    return [file];
  }

  private startClock(): NodeJS.Timeout | undefined {
    const seconds = this.assignment.spec.timeout_seconds;
    if (seconds === undefined || seconds * 1000 > MAX_TIMER_MS) return undefined;
    return setTimeout(() => this.stop({ kind: "time-limit" }, this.place.graceMs), seconds * 1000);
  }

  /** After the first process's end: nothing of the attempt stays, and nothing that stayed can hold the end up for long. */
  private async settle(drained: Promise<boolean>): Promise<void> {
    if (this.stopping) {
      await this.stopping;
      await Promise.race([drained, delay(LEAK_WAIT_MS)]);
      return;
    }
    const isDrained = await Promise.race([drained.then(() => true), delay(LEAK_WAIT_MS, false)]);
    if (isDrained && (this.group === null || !isGroupAlive(this.group))) return;
    this.spool.note("The step has ended; processes that it left behind were stopped.");
    if (this.group !== null)
      await stopProcesses({ attemptId: this.assignment.attempt_id, group: this.group }, LEFTOVER_GRACE_MS);
    await Promise.race([drained, delay(100)]);
  }

  private outcomeOf(code: number | null, signal: NodeJS.Signals | null): Outcome {
    const reason = signal ? `signal ${signal}` : `exit ${code ?? 0}`;
    switch (this.cause?.kind) {
      case "cancel":
        return { status: "canceled", exit_code: code, reason: this.cause.reason };
      case "time-limit":
        return { status: "failed", exit_code: code, reason: REASON_TIMED_OUT };
      case "shutdown":
        return { status: "failed", exit_code: code, reason: "runner stopped" };
      case "disk":
        return { status: "failed", exit_code: code, reason: this.cause.reason };
      default:
        return code === 0 ? { status: "success", exit_code: 0 } : { status: "failed", exit_code: code, reason };
    }
  }
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
}

function diskReason(error: unknown): string {
  const code = codeOf(error);
  return code === "ENOSPC" || code === "EDQUOT" ? REASON_DISK_FULL : `the output cannot be kept: ${messageOf(error)}`;
}

function startReason(error: unknown): string {
  const code = codeOf(error);
  if (error instanceof StartError) return error.message;
  if (code === "ENOSPC" || code === "EDQUOT") return REASON_DISK_FULL;
  if (code === "ENOENT" && messageOf(error).startsWith("spawn "))
    return `${messageOf(error).split(" ")[1]} is not installed on this runner`;
  return `the step cannot be started: ${messageOf(error)}`;
}
