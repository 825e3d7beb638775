import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "../../../start/testing/until";
import type { SmallDisk } from "./small-disk";
import type { TcpProxy } from "./tcp-proxy";

const OUTPUT_MAX = 20_000;
const CLOCK = path.resolve(import.meta.dirname, "../../../../runner/testing/shifted-clock.mjs");

interface RunnerPlace {
  id: string;
  name: string;
  token: string;
  label: string;
  /** For its clock file, and for its state unless that lies on a disk of its own. */
  dir: string;
  disk: SmallDisk | null;
  proxy: TcpProxy;
  slots: number;
  graceSeconds: number;
}

/** One start of the program. */
export interface Instance {
  child: ChildProcess;
  exited: Promise<number | null>;
  said: () => string;
}

/** A runner as people start it, which reaches the server through a proxy and has a clock that can be moved. */
export class RealRunner {
  private current: Instance | null = null;
  private readonly instances = new Set<Instance>();
  private isClosed = false;

  constructor(readonly place: RunnerPlace) {
    mkdirSync(place.dir, { recursive: true });
    this.setClock(0);
  }

  get id(): string {
    return this.place.id;
  }

  /** The program as it runs now. */
  get instance(): Instance {
    if (this.current === null) throw new Error(`runner ${this.place.name} was never started`);
    return this.current;
  }

  /** Starts the program, also beside one that runs, and waits until the server has answered it. */
  async start(): Promise<Instance> {
    if (this.isClosed) throw new Error("the runners are being ended");
    const instance = this.spawn();
    this.current = instance;
    const outcome = await until(
      `runner ${this.place.name} to connect`,
      () => (hasExited(instance) && "ended") || (instance.said().includes("connected to") && "connected"),
      { everyMs: 20 },
    );
    if (outcome === "ended") throw new Error(`runner ${this.place.name} ended:\n${instance.said()}`);
    return instance;
  }

  /** Whether the program runs. */
  get isRunning(): boolean {
    return this.current !== null && !hasExited(this.current);
  }

  /** Moves its wall clock so far from the true one. */
  setClock(offsetMs: number): void {
    writeFileSync(path.join(this.place.dir, "clock"), String(offsetMs));
  }

  /** Kills whatever runs; it cannot be started again. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const { child } of this.instances) child.kill("SIGKILL");
    await Promise.all([...this.instances].map(({ exited }) => exited));
  }

  private spawn(): Instance {
    const { place } = this;
    const stateDir = path.join(place.disk?.dir ?? place.dir, "state");
    const args = [
      ...["--import", "tsx", "--import", CLOCK, "runner/main.ts", "--url", `http://127.0.0.1:${place.proxy.port}`],
      ...["--labels", place.label, "--slots", String(place.slots), "--name", place.name],
      ...["--state-dir", stateDir, "--grace-seconds", String(place.graceSeconds)],
    ];
    const child = spawn(process.execPath, args, {
      // A terminal's Ctrl-C must not drain it: whoever started it ends it.
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        SWITCHYARD_RUNNER_TOKEN: place.token,
        TORTURE_CLOCK_FILE: path.join(place.dir, "clock"),
      },
    });
    let output = "";
    child.stderr.on("data", (data) => {
      output = `${output}${data}`.slice(-OUTPUT_MAX);
    });
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const instance = { child, exited, said: () => output };
    this.instances.add(instance);
    void exited.then(() => this.instances.delete(instance));
    return instance;
  }
}

/** Whether this start of the program has come to its end. */
export function hasExited({ child }: Instance): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
