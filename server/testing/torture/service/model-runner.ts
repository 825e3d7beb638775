import { chance, type Dice, pick } from "../../dice";
import { codeOf } from "./insist";
import { ModelLogs } from "./model-logs";
import { ModelState } from "./model-state";
import { workOn } from "./model-work";
import { composeSync, type SyncMessage } from "./sync-message";
import { checkAnswer, takeAnswer } from "./take-answer";
import type { TeamRunner } from "./team";
import type { Answer, Message } from "./wire";
import { LEASE_MS, pass, type World } from "./world";

/** So long after its sender has left a request may still be served. */
const HAUNT_MS = 3_000;

/** A runner program that holds to the protocol, on a wire that does not; its memory is the journal. */
export class ModelRunner {
  readonly state: ModelState;
  readonly logs: ModelLogs;
  private readonly ghosts = new Set<Promise<void>>();
  /** Instances that a later one has replaced, once a sync of the later one was answered. */
  private readonly replaced: string[] = [];
  /** The instance of the latest sync that was answered. */
  private heardAs: string | null = null;
  private readonly name: string;

  constructor(
    private readonly world: World,
    given: TeamRunner,
    private readonly dice: Dice,
  ) {
    this.state = new ModelState(given);
    this.logs = new ModelLogs(world, this.state, dice);
    this.name = given.id.slice(0, 4);
  }

  /** Works until the schedule is over, then hands in what is left of its logs. */
  async run(): Promise<void> {
    const { world, dice } = this;
    while (!world.over.signal.aborted) {
      if (!world.isCalm && chance(dice, world.plan.silence)) await this.keepSilent();
      if (!world.isCalm && chance(dice, world.plan.faults / 12)) this.restart("with its journal");
      if (!world.isCalm && chance(dice, world.plan.amnesia)) this.restart("without");
      workOn(world, this.state, dice);
      await this.exchange();
      this.logs.begin();
      await this.logs.upload();
    }
    await Promise.all(this.ghosts);
    await this.logs.finish();
  }

  private async keepSilent(): Promise<void> {
    // What has begun and was never told to the server is given to somebody else meanwhile.
    if (chance(this.dice, 60)) workOn(this.world, this.state, this.dice);
    this.world.note(`${this.name} falls silent`);
    await pass(LEASE_MS + 50 + this.dice(350));
    workOn(this.world, this.state, this.dice);
  }

  /**
   * A new start of the program with the same token: it can follow some of what it finds in its journal. Without one, on a
   * host that is new, nobody speaks of what it had any more.
   */
  private restart(how: "with its journal" | "without"): void {
    const { state, world } = this;
    // A late first word of an instance that nobody has heard yet would make it the newest.
    if (this.heardAs !== state.instance) return;
    state.instances += 1;
    state.instance = `i${state.instances}`;
    world.note(`${this.name} starts again ${how} as ${state.instance}`);
    for (const held of [...state.held.values()]) {
      if (how === "with its journal" && chance(this.dice, 60)) continue;
      world.ledger.end(held.attemptId, "stopped");
      state.held.delete(held.attemptId);
      if (how === "without") continue;
      state.outbox.push({ attempt_id: held.attemptId, status: "failed", reason: "runner-lost" });
    }
  }

  private async exchange(): Promise<void> {
    const { world, state, dice } = this;
    const message = composeSync(world, state, dice);
    const isFaulty = !world.isCalm && chance(dice, world.plan.faults);
    const fault = isFaulty ? pick(dice, ["leave", "ignore", "twice", "haunt", "cut"] as const) : "none";
    this.note(fault, message);
    switch (fault) {
      case "cut":
        await world.send(world.host(dice), this.wrap(message), { fault });
        return;
      case "leave":
        state.hauntedUntil = Date.now() + HAUNT_MS;
        await world.send(world.host(dice), this.wrap(message), { fault, leaveAfterMs: dice(15) });
        return;
      case "ignore": {
        const answer = await this.send(message);
        if (answer) this.check(message, answer);
        return;
      }
      case "haunt":
        this.haunt(message, dice(80));
        return;
      case "twice": {
        state.ghosts += 1;
        const answers = await Promise.all([this.send(message), this.send(message)]);
        state.ghosts -= 1;
        this.compare(message, answers);
        const index = dice(2);
        const [taken, other] = [answers[index], answers[1 - index]];
        if (other) this.check(message, other);
        if (taken) this.take(message, taken);
        return;
      }
      case "none": {
        const answer = await this.send(message);
        if (answer) this.take(message, answer);
      }
    }
    if (this.replaced.length > 0 && !world.isCalm && chance(dice, 25)) await this.speakAsReplaced();
  }

  /** Sends the message later, when newer ones may have been sent. */
  private haunt(message: SyncMessage, afterMs: number): void {
    const { state } = this;
    state.ghosts += 1;
    const { instance } = state;
    const ghost = pass(afterMs)
      .then(() => this.send(message))
      .then((answer) => {
        if (answer?.status === 409 && instance !== state.instance) return;
        if (answer) this.check(message, answer);
      })
      .finally(() => {
        state.ghosts -= 1;
        this.ghosts.delete(ghost);
      });
    this.ghosts.add(ghost);
  }

  private send(message: SyncMessage): Promise<Answer | null> {
    return this.world.send(this.world.host(this.dice), this.wrap(message), {
      waitMs: message.body.wait_ms ?? 0,
      signal: this.world.over.signal,
    });
  }

  private wrap(message: SyncMessage): Message {
    return { method: "POST", path: "/api/runner/sync", token: this.state.token, body: message.body };
  }

  private take(message: SyncMessage, answer: Answer): void {
    const { state, world } = this;
    if (!this.isAnswered(message, answer)) {
      return;
    }
    takeAnswer(world, state, { message, answer });
    world.note(`${this.name} <- ${brief(answer)}`);
    if (this.heardAs !== null && this.heardAs !== state.instance) this.replaced.push(this.heardAs);
    this.heardAs = state.instance;
  }

  private check(message: SyncMessage, answer: Answer): void {
    if (this.isAnswered(message, answer)) checkAnswer(this.world, this.state, { message, answer });
  }

  private isAnswered(message: SyncMessage, answer: Answer): boolean {
    if (answer.status === 200) return true;
    const isOld = message.body.runner?.instance_id !== this.state.instance && answer.status === 409;
    if (!isOld && answer.status < 500) this.world.violate(`a sync was answered ${answer.status}: ${answer.text}`);
    return false;
  }

  /** What one of two same requests said of an end, the other must say too. */
  private compare(message: SyncMessage, answers: (Answer | null)[]): void {
    const said = answers.flatMap((answer) =>
      answer?.status === 200 ? [(JSON.parse(answer.text) as { reports: { accepted: boolean }[] }).reports] : [],
    );
    message.body.reports.forEach(({ status, attempt_id: id }, index) => {
      if (status === "running" || said.length < 2) return;
      if (said[0]?.[index]?.accepted !== said[1]?.[index]?.accepted)
        this.world.violate(`two same reports of ${id} were answered differently`);
    });
  }

  /** An instance that was replaced comes back: it is refused and nothing of it counts. */
  private async speakAsReplaced(): Promise<void> {
    const { world, state, dice } = this;
    const reports = [...state.held.keys()].map((id) => ({ attempt_id: id, status: "failed" as const, exit_code: 99 }));
    const body = { runner: { instance_id: pick(dice, this.replaced), slots: 50 }, reports, free_slots: 50 };
    const answer = await world.send(world.host(dice), { ...this.wrap(composeSync(world, state, dice)), body });
    world.note(`${this.name} speaks as ${body.runner.instance_id} -> ${answer?.status}`);
    if (answer && answer.status < 500 && codeOf(answer) !== "runner_replaced")
      world.violate(`${this.name}: a replaced instance was answered ${answer.status}: ${answer.text}`);
  }

  private note(fault: string, { body }: SyncMessage): void {
    const held = body.held.map((item) => `${this.key(item.attempt_id)}:${item.status}`).join(" ");
    const reports = body.reports.map((item) => `${this.key(item.attempt_id)}=${item.status}`).join(" ");
    const what = `held [${held}] reports [${reports}] free ${body.free_slots} wait ${body.wait_ms}`;
    this.world.note(`${this.name} ${fault === "none" ? "" : `(${fault}) `}syncs ${what}`);
  }

  private key(attemptId: string): string {
    return this.world.keyOf(attemptId);
  }
}

function brief(answer: Answer): string {
  const said = JSON.parse(answer.text) as {
    reports: { accepted: boolean }[];
    assignments: { key: string; attempt_id: string }[];
    cancel: { attempt_id: string }[];
    lost: string[];
  };
  const reports = said.reports.map((report) => (report.accepted ? "+" : "-")).join("");
  const given = said.assignments.map((item) => `${item.key}:${item.attempt_id.slice(-4)}`).join(" ");
  const tail = (ids: string[]) => ids.map((id) => id.slice(-4)).join(" ");
  const cancel = tail(said.cancel.map((order) => order.attempt_id));
  return `${answer.host} reports [${reports}] given [${given}] cancel [${cancel}] lost [${tail(said.lost)}]`;
}
