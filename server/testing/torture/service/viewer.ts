import { type IncomingMessage, request } from "node:http";
import { chance, type Dice } from "../../dice";
import { pass, type World, type WorldRun } from "./world";

/** Longer than the stream's own slow look for what a lost wake missed. */
const STUCK_MS = 12_000;

/** Somebody who follows a run's event stream, leaves and comes back, and must see every event once and in order. */
export class Viewer {
  /** The events' JSON, in the order of their coming. */
  readonly seen: string[] = [];
  private connection: ReturnType<typeof request> | undefined;

  constructor(
    private readonly world: World,
    private readonly run: WorldRun,
    private readonly dice: Dice,
  ) {}

  /** Follows until the schedule is over and its last event has come. */
  async follow(): Promise<void> {
    const { world, dice } = this;
    // Once it is known which event is the last, somebody who has it leaves, and somebody who has not waits for the rest.
    const leave = () => this.leaveIfDone();
    world.over.signal.addEventListener("abort", leave, { once: true });
    while (!this.isDone) {
      const isPatient = this.last !== Number.POSITIVE_INFINITY;
      const before = this.seen.length;
      await this.connect(isPatient ? STUCK_MS : chance(dice, 50) ? dice(120) : 1_000);
      if (isPatient && !this.isDone && before === this.seen.length && !world.web.wasInTrouble(Date.now(), Date.now())) {
        world.violate(`a viewer waited ${STUCK_MS} ms for event ${before + 1} of ${this.last}`);
        return;
      }
      await pass(dice(5));
    }
  }

  private get last(): number {
    return this.world.lastNumbers.get(this.run.id) ?? Number.POSITIVE_INFINITY;
  }

  private get isDone(): boolean {
    return this.seen.length >= this.last;
  }

  private leaveIfDone(): void {
    if (this.isDone) this.connection?.destroy();
  }

  private connect(staysMs: number): Promise<void> {
    const { world, run } = this;
    const host = world.host(this.dice);
    const from = this.seen.length;
    return new Promise((resolve) => {
      const outgoing = request({
        host: "127.0.0.1",
        port: host.port,
        agent: host.agent,
        path: `/api/v1/workflow-runs/${run.id}/stream`,
        headers: { authorization: `Bearer ${world.apiToken}`, "last-event-id": String(from) },
      });
      this.connection = outgoing;
      const timer = setTimeout(() => outgoing.destroy(), staysMs);
      const done = () => {
        clearTimeout(timer);
        world.note(`viewer on ${host.name} had events ${from + 1} to ${this.seen.length}`);
        resolve();
      };
      outgoing.on("error", () => {});
      outgoing.on("close", done);
      outgoing.on("response", (incoming) => this.read(incoming));
      outgoing.end();
    });
  }

  private read(incoming: IncomingMessage): void {
    let text = "";
    if (incoming.statusCode !== 200 && (incoming.statusCode ?? 0) < 500)
      this.world.violate(`a stream was answered ${incoming.statusCode}`);
    incoming.setEncoding("utf8");
    incoming.on("error", () => {});
    incoming.on("data", (chunk: string) => {
      text += chunk;
      const frames = text.split("\n\n");
      text = frames.pop() ?? "";
      for (const frame of frames) this.takeFrame(frame);
      this.leaveIfDone();
    });
  }

  private takeFrame(frame: string): void {
    const id = /^id: (\d+)$/m.exec(frame)?.[1];
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (id === undefined || data === undefined) return;
    const expected = this.seen.length + 1;
    if (Number(id) !== expected) this.world.violate(`a viewer was sent event ${id} instead of ${expected}`);
    this.seen.push(data);
  }
}
