import { type Dice, pick } from "../../dice";
import { WebHost } from "./web-host";

/** The two web processes and what is done to them; at most one is away at a time. */
export class WebPair {
  readonly hosts: readonly [WebHost, WebHost];
  /** Of each time in which a process was away, in milliseconds of the wall clock; the last one may still go on. */
  private readonly troubles: { from: number; to: number }[] = [];
  private striking: Promise<void> | undefined;

  constructor(env: Record<string, string>) {
    this.hosts = [new WebHost("A", env), new WebHost("B", env)];
  }

  async start(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.start()));
  }

  async end(): Promise<void> {
    await this.striking;
    await Promise.all(this.hosts.map((host) => host.end()));
  }

  /** Takes one process away for a while, unless one is away already; says what it did. */
  async strike(dice: Dice, kind: "kill" | "pause"): Promise<string | null> {
    if (this.striking) return null;
    const host = pick(dice, this.hosts);
    const trouble = { from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.troubles.push(trouble);
    this.striking = kind === "kill" ? restart(host) : stall(host, 350 + dice(400));
    try {
      await this.striking;
    } finally {
      this.striking = undefined;
      trouble.to = Date.now();
    }
    return `${kind === "kill" ? "killed and restarted" : "stopped"} ${host.name} for ${trouble.to - trouble.from} ms`;
  }

  /** Whether a process was away at some moment of this time, or shortly before it. */
  wasInTrouble(from: number, to: number): boolean {
    return this.troubles.some((trouble) => trouble.from <= to && trouble.to + 2_000 >= from);
  }
}

async function restart(host: WebHost): Promise<void> {
  await host.kill();
  await host.start();
}

async function stall(host: WebHost, ms: number): Promise<void> {
  host.pause();
  try {
    await new Promise((resolve) => setTimeout(resolve, ms));
  } finally {
    host.resume();
  }
}
