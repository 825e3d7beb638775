import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { Agent } from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../../../start/free-port.mjs";

const PROGRAM = path.join(import.meta.dirname, "host.ts");
const ROOT = path.resolve(import.meta.dirname, "../../../..");
const START_MS = 120_000;
/** Below the ports that connections are made from: one of those could take a killed process's port. */
const FIRST_PORT = 20_000;
const ERRORS_KEPT = 40;

/** One web process that can be killed, stopped and started again on its port. */
export class WebHost {
  readonly agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  port = 0;
  /** The last lines that it wrote to its error output. */
  readonly errors: string[] = [];
  private child: ChildProcess | undefined;

  constructor(
    readonly name: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Starts it, on the port that it had before if it had one; resolves once it listens. */
  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort("127.0.0.1", FIRST_PORT + randomInt(10_000));
    const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], {
      cwd: ROOT,
      env: { ...process.env, ...this.env, PORT: String(this.port) },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.child = child;
    // The end of a killed process breaks its input; that it has ended is what `exit` says.
    child.stdin.on("error", () => {});
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.errors.push(line);
      if (this.errors.length > ERRORS_KEPT) this.errors.shift();
    });
    const listens = once(createInterface({ input: child.stdout }), "line", { signal: AbortSignal.timeout(START_MS) });
    const exit = once(child, "exit").then(([code]) => {
      throw new Error(`web process ${this.name} ended with ${code} before it listened:\n${this.errors.join("\n")}`);
    });
    exit.catch(() => {});
    await Promise.race([listens, exit]);
  }

  /** kill -9, as seen by everybody connected; resolves once it is gone. */
  async kill(): Promise<void> {
    await this.endBy(() => this.child?.kill("SIGKILL"));
  }

  pause(): void {
    this.child?.kill("SIGSTOP");
  }

  resume(): void {
    this.child?.kill("SIGCONT");
  }

  /** Ends it in an orderly way. */
  async end(): Promise<void> {
    await this.endBy(() => this.child?.stdin?.end());
    this.agent.destroy();
  }

  private async endBy(how: () => void): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    how();
    await exit;
  }
}
