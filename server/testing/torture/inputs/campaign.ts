import type { Dice } from "../../dice";
import { badRequest, validRequest } from "./compose";
import type { Door } from "./door";
import type { Valid } from "./examples";
import { faultsOf } from "./judge";
import { type Answered, describe, type Sent } from "./sent";
import type { Target } from "./targets";
import type { RowWatch, TouchedRow } from "./watch-rows";
import type { World } from "./world";

/** Of one target; more of the same say nothing new. */
const FAILURES_SHOWN = 10;
/** Sign-in refuses an account after ten tries; forgotten so often, both sides of that are met. */
const FORGET_TRIES_EVERY = 40;

interface Given {
  door: Door;
  world: World;
  rows: RowWatch;
  seed: number;
  say: (line: string) => void;
}

interface Sending {
  answer: Answered;
  statuses: number[];
  touched: TouchedRow[];
}

/** Sends bad requests, one at a time so that each change of the database has one cause, and keeps the score. */
export class Campaign {
  inputs = 0;
  failures: string[] = [];
  private readonly startedAt = performance.now();
  private slowest = { ms: 0, what: "" };
  private crashes: unknown[] = [];

  constructor(private readonly given: Given) {}

  /** `count` bad requests to one target; its valid example must be accepted before and after. */
  async attack(target: Target, { count, diceOf }: { count: number; diceOf: (number: number) => Dice }): Promise<void> {
    const { say, world } = this.given;
    const began = performance.now();
    const answers = new Map<number, number>();
    const failedBefore = this.failures.length;
    const crash = (error: unknown) => void this.crashes.push(error);
    process.on("uncaughtException", crash);
    process.on("unhandledRejection", crash);
    try {
      await this.acceptsItsExample(target);
      let valid = await this.example(target);
      let changes = 0;
      for (let number = 0; number < count; number++) {
        if (target.kind === "sign-in" && number % FORGET_TRIES_EVERY === 0) await this.forgetTries();
        const sent = badRequest(target, valid, { world, dice: diceOf(number) });
        const { answer, touched } = await this.one(target, { number, valid, sent });
        answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
        if (touched.length > 0) changes++;
        // What was accepted may have used the example up, and a newer instance replaces a runner.
        if (changes < (target.example.lasts ?? 1) && answer.status !== 409) continue;
        valid = await this.example(target);
        changes = 0;
      }
      await this.acceptsItsExample(target);
    } finally {
      process.off("uncaughtException", crash);
      process.off("unhandledRejection", crash);
    }
    const rate = Math.round((count / (performance.now() - began)) * 1000);
    const spread = [...answers].sort(([a], [b]) => a - b).map(([status, times]) => `${status} ${times}`);
    const failed = this.failures.length - failedBefore;
    say(`${target.name}: ${count} inputs, ${rate}/s, ${failed} failures (${spread.join(", ")})`);
  }

  /** Says what it all came to. */
  sum(): void {
    const seconds = (performance.now() - this.startedAt) / 1000;
    const rate = Math.round(this.inputs / seconds);
    this.given.say(`${this.inputs} inputs in ${seconds.toFixed(1)} s, ${rate}/s; ${this.failures.length} failures`);
    this.given.say(`slowest: ${this.slowest.ms.toFixed(0)} ms, ${this.slowest.what}`);
  }

  private async one(target: Target, input: { number: number; valid: Valid; sent: Sent }): Promise<Sending> {
    const { number, valid, sent } = input;
    this.inputs++;
    const began = performance.now();
    const { outcome, trouble } = await this.deliver(sent);
    const ms = performance.now() - began;
    if (ms > this.slowest.ms) this.slowest = { ms, what: `${target.name} number ${number}, ${sent.body.length} bytes` };
    const faults = faultsOf({ target, valid, sent, world: this.given.world, ...outcome });
    for (const error of this.crashes.splice(0)) faults.push(`crashed the process: ${firstLines(error)}`);
    if (trouble !== null) faults.push(trouble);
    if (faults.length > 0) this.fail(target, number, `${faults.join("; ")}\n  ${describe(sent)}`);
    return outcome;
  }

  private async deliver(sent: Sent): Promise<{ outcome: Sending; trouble: string | null }> {
    const { door, rows } = this.given;
    try {
      const delivered = await door.send(sent);
      return { outcome: { ...delivered, touched: await rows.take() }, trouble: null };
    } catch (error) {
      const answer = { status: 0, contentType: "", requestId: "", text: "", isOurs: false };
      return { outcome: { answer, statuses: [], touched: await rows.take() }, trouble: `threw: ${firstLines(error)}` };
    }
  }

  /** Else every bad request would be refused for one and the same reason. */
  private async acceptsItsExample(target: Target): Promise<void> {
    if (target.kind === "sign-in") await this.forgetTries();
    const sent = validRequest(target, await this.example(target), this.given.world);
    const { answer } = (await this.deliver(sent)).outcome;
    if (answer.status < 200 || answer.status >= 300)
      this.fail(
        target,
        -1,
        `its example is answered ${answer.status}: ${answer.text.slice(0, 300)}\n  ${describe(sent)}`,
      );
  }

  private async example(target: Target): Promise<Valid> {
    const valid = await target.example.make(this.given.world);
    await this.given.rows.take();
    return valid;
  }

  private async forgetTries(): Promise<void> {
    await this.given.world.db.query("DELETE FROM sign_in_attempt");
    await this.given.rows.take();
  }

  private fail(target: Target, number: number, what: string): void {
    const shown = `seed ${this.given.seed}, ${target.name}, number ${number}: ${what}`;
    this.failures.push(shown);
    const ofTarget = this.failures.filter((line) => line.includes(`, ${target.name}, number`)).length;
    if (ofTarget <= FAILURES_SHOWN) this.given.say(shown);
  }
}

function firstLines(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" | ") : String(error);
}
