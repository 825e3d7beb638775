import { type Dice, pick } from "../../dice";
import { WebHost } from "./web-host";

/** What is done to a web process, or to both at once, which nobody can reach then. */
export type Strike = "kill" | "pause" | "kill-both" | "pause-both";

export interface Away {
  from: number;
  to: number;
}

/** The two web processes and what is done to them. */
export class WebPair {
  readonly hosts: readonly [WebHost, WebHost];
  /** Of each time in which a process was away, in milliseconds of the wall clock; the last one may still go on. */
  private readonly troubles: Away[] = [];
  /** Times in which no process could be reached, from when it was so to when it was no longer. */
  readonly gaps: Away[] = [];
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

  /** Takes one process, or both, away for a while, unless one is away already; says what it did. */
  async strike(dice: Dice, kind: Strike): Promise<string | null> {
    if (this.striking) return null;
    const isBoth = kind.endsWith("-both");
    const hosts = isBoth ? this.hosts : [pick(dice, this.hosts)];
    const names = hosts.map((host) => host.name).join(" and ");
    const trouble = { from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.troubles.push(trouble);
    this.striking = (kind.startsWith("kill") ? restart(hosts) : stall(hosts, 350 + dice(200))).then((away) => {
      if (isBoth) this.gaps.push(away);
    });
    try {
      await this.striking;
    } finally {
      this.striking = undefined;
      trouble.to = Date.now();
    }
    return `${kind.startsWith("kill") ? "killed and restarted" : "stopped"} ${names} for ${trouble.to - trouble.from} ms`;
  }

  /** Whether a process was away at some moment of this time, or shortly before it. */
  wasInTrouble(from: number, to: number): boolean {
    return this.troubles.some((trouble) => trouble.from <= to && trouble.to + 2_000 >= from);
  }
}

/** Answers when all of them were away. */
async function restart(hosts: readonly WebHost[]): Promise<Away> {
  await Promise.all(hosts.map((host) => host.kill()));
  const from = Date.now();
  const starting = hosts.map((host) => host.start());
  // Nobody is heard before one of them listens.
  await Promise.race(starting);
  const to = Date.now();
  await Promise.all(starting);
  return { from, to };
}

/** Answers when all of them were away. */
async function stall(hosts: readonly WebHost[], ms: number): Promise<Away> {
  for (const host of hosts) host.pause();
  const from = Date.now();
  try {
    await new Promise((resolve) => setTimeout(resolve, ms));
  } finally {
    for (const host of hosts) host.resume();
  }
  return { from, to: Date.now() };
}
