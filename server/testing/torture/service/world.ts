import type { Pool } from "../../../db/pool";
import { type Dice, makeDice, pick } from "../../dice";
import { Ledger } from "./ledger";
import { planSchedule, type RunPlan, type SchedulePlan } from "./plan-schedule";
import type { WebHost } from "./web-host";
import type { WebPair } from "./web-pair";
import { type Answer, type Message, send, type WireFault } from "./wire";

export const LEASE_MS = 300;
const STORY_LINES = 400;
const SLOW_MS = 4_000;

export interface WorldRun {
  id: string;
  plan: RunPlan;
  /** Task ids by key. */
  tasks: Map<string, string>;
}

/** What the actors of one schedule share. */
export class World {
  readonly plan: SchedulePlan;
  readonly ledger: Ledger;
  readonly violations: string[] = [];
  readonly story: string[] = [];
  readonly runs: WorldRun[] = [];
  /** Aborted when the schedule is over: whoever waits goes home. */
  readonly over = new AbortController();
  /** No faults and no failures any more: everything is worked off. */
  isCalm = false;
  apiToken = "";
  /** Of another team. */
  strangerToken = "";
  /** When the answer to an abort, or to the cancel of a task, had come: by run and by task. */
  readonly stoppedAt = new Map<string, number>();
  /** Attempts by the runner that was given them. */
  readonly given = new Map<string, string>();
  /** Of each run, once it can move no further. */
  readonly lastNumbers = new Map<string, number>();
  readonly beganAt = Date.now();
  private readonly startedAt = performance.now();
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly pool: Pool,
    readonly web: WebPair,
    private readonly seeds: [seed: number, schedule: number],
  ) {
    this.plan = planSchedule(this.dice(0));
    const needs = new Map(this.plan.runs.flatMap((run) => [...run.needs]));
    this.ledger = new Ledger({
      needs: (key) => needs.get(key) ?? [],
      leaseMs: LEASE_MS,
      violate: (sentence) => this.violate(sentence),
    });
  }

  /** The dice of one actor: what others do does not change them. */
  dice(actor: number): Dice {
    return makeDice(...this.seeds, actor);
  }

  violate(sentence: string): void {
    if (this.violations.includes(sentence)) return;
    this.violations.push(sentence);
    this.note(`VIOLATION ${sentence}`);
  }

  note(line: string): void {
    this.story.push(`${(performance.now() - this.startedAt).toFixed(0).padStart(5)} ${line}`);
    if (this.story.length > STORY_LINES) this.story.shift();
  }

  host(dice: Dice): WebHost {
    return pick(dice, this.web.hosts);
  }

  /** Sends one request to one process; a 5xx is a violation, but for 503 while a process is away. */
  async send(
    host: WebHost,
    message: Message,
    how: { fault?: WireFault; leaveAfterMs?: number; waitMs?: number; signal?: AbortSignal } = {},
  ): Promise<Answer | null> {
    const answer = await send(host, message, how);
    if (answer && answer.status >= 500) {
      // A machine that is too busy to give a connection in seconds may say so.
      const isSlow = answer.receivedAt - answer.sentAt > SLOW_MS;
      const isExcused = answer.status === 503 && (isSlow || this.web.wasInTrouble(answer.sentAt, answer.receivedAt));
      if (!isExcused)
        this.violate(
          `${message.method} ${message.path} was answered ${answer.status}: ${answer.text} ${host.errors.at(-1) ?? ""}`,
        );
    }
    return answer;
  }

  /** Lets whoever waits for a change look again. */
  changed(): void {
    for (const wake of [...this.waiting]) wake();
  }

  /** Resolves at the next change, when the schedule is over, or after `atMostMs`. */
  nextChange(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        this.over.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.waiting.add(done);
      this.over.signal.addEventListener("abort", done, { once: true });
      if (this.over.signal.aborted) done();
    });
  }

  /** The key of an attempt's task with the end of its id, for stories. */
  keyOf(attemptId: string): string {
    return `${this.ledger.find(attemptId)?.key ?? "?"}:${attemptId.slice(-4)}`;
  }

  runOfTask(taskId: string): WorldRun | undefined {
    return this.runs.find((run) => [...run.tasks.values()].includes(taskId));
  }
}

/** Lets time pass for an actor: part of the schedule, never a wait for something. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
