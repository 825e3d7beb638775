import { chance, type Dice, pick } from "../../dice";
import type { ModelState } from "./model-state";
import type { Answer } from "./wire";
import type { World } from "./world";

const TEXTS = ["line\n", "no end of line", "\u0000 and \ud83d\ude80\n", "ü\r\n\tß\n", "x".repeat(200)];

interface Entry {
  seq: number;
  stream: "stdout" | "stderr";
  at: string;
  text: string;
}

/** What one attempt prints. */
export interface AttemptLog {
  attemptId: string;
  entries: Entry[];
  /** The first entry that the server has not acknowledged. */
  next: number;
}

/** The output of a model runner's executions, uploaded with gaps, repeats and lost answers. */
export class ModelLogs {
  readonly logs = new Map<string, AttemptLog>();

  constructor(
    private readonly world: World,
    private readonly state: ModelState,
    private readonly dice: Dice,
  ) {}

  /** Gives some of what has begun to execute something to print. */
  begin(): void {
    for (const { attemptId, isExecuting } of this.state.held.values()) {
      if (!isExecuting || this.logs.has(attemptId)) continue;
      const count = chance(this.dice, 30) ? 1 + this.dice(6) : 0;
      const entries = Array.from({ length: count }, (_, index): Entry => {
        const stream = pick(this.dice, ["stdout", "stderr"] as const);
        return { seq: index + 1, stream, at: new Date().toISOString(), text: pick(this.dice, TEXTS) };
      });
      this.logs.set(attemptId, { attemptId, entries, next: 1 });
    }
  }

  /** Sends a piece of one log, if any is left. */
  async upload(): Promise<void> {
    const { world, dice } = this;
    const open = this.open();
    if (open.length === 0) return;
    const log = pick(dice, open);
    const isFaulty = !world.isCalm && chance(dice, world.plan.faults);
    const from = isFaulty ? Math.max(1, log.next + dice(4) - 2) : log.next;
    const entries = log.entries.slice(from - 1, from + 1 + dice(3));
    if (isFaulty && chance(dice, 30)) entries.reverse();
    const send = () => this.send(log, entries);
    switch (isFaulty ? dice(3) : 0) {
      case 0:
        return this.take(log, entries, await send());
      case 1:
        // The answer is lost.
        await send();
        return;
      default:
        for (const answer of await Promise.all([send(), send()])) this.take(log, entries, answer);
    }
  }

  /** Sends what is left until all of it is acknowledged. */
  async finish(): Promise<void> {
    for (const log of this.open())
      for (let tries = 0; log.next <= log.entries.length; tries += 1) {
        if (tries > 50) throw new Error(`the log of ${log.attemptId} is stuck at ${log.next}`);
        const rest = log.entries.slice(log.next - 1);
        this.take(log, rest, await this.send(log, rest));
      }
  }

  private open(): AttemptLog[] {
    return [...this.logs.values()].filter((log) => log.next <= log.entries.length);
  }

  private send(log: AttemptLog, entries: Entry[]): Promise<Answer | null> {
    const path = `/api/runner/attempts/${log.attemptId}/logs`;
    const message = { method: "POST", path, token: this.state.token, body: { entries } } as const;
    return this.world.send(this.world.host(this.dice), message);
  }

  private take(log: AttemptLog, sent: Entry[], answer: Answer | null): void {
    if (!answer || answer.status >= 500) return;
    const { world } = this;
    if (answer.status !== 200) {
      world.violate(`a log of the runner's own attempt was answered ${answer.status}: ${answer.text}`);
      return;
    }
    const next = (JSON.parse(answer.text) as { next_seq: number }).next_seq;
    const last = Math.max(log.entries.length, ...sent.map((entry) => entry.seq));
    const hasFollowed = sent.some((entry) => entry.seq === log.next);
    if (next < log.next || next > last + 1 || (hasFollowed && next === log.next))
      world.violate(`the log of ${log.attemptId} goes on at ${next} after ${JSON.stringify(sent.map((e) => e.seq))}`);
    log.next = Math.max(log.next, next);
  }
}
