import { randomUUID } from "node:crypto";
import { backoffMs } from "./backoff";
import type { Client, Failure } from "./client";
import { heldStatusOf } from "./live-attempt";
import type { RunnerOptions } from "./options";
import type { Report, SyncAnswer, SyncRequest } from "./protocol";
import { say } from "./say";
import { REPLACED_EXIT_CODE } from "./state-directory";
import { Wake } from "./wake";
import type { Work } from "./work";

export const VERSION = "0.1.0";
const WAIT_MS = 20_000;
const REPORTS_MAX = 2_000;
const SLOW_RETRY_MS = 30_000;
/** `running` waits so long for the end of a very short step, and both go in one request. */
const RUNNING_DELAY_MS = 20;
/** After an answer that brought work the next question waits for what comes of it: with room left shortly, without room longer. */
const PARK_DELAY_MS = { room: 6, full: 50 };
const SUPERSEDED_MS = 2_000;

type Ended = { exitCode: number };

/** The conversation with the server: one question at a time, except that a new one with reports overtakes one that waits. */
export class SyncLoop {
  private readonly instanceId: string;
  private readonly wake = new Wake();
  private readonly superseded = new Set<AbortController>();
  private failures = 0;
  private isConnected = false;
  private isUrgent = true;
  private soonTimer: NodeJS.Timeout | null = null;
  private leaseSeconds = { queued: 3, running: 3 };
  private emptyAnswers = 0;
  private reportsMax = REPORTS_MAX;
  private refusedReports = new WeakSet<Report>();
  private slowUntil = 0;
  isDraining = false;

  constructor(
    private readonly options: RunnerOptions,
    private readonly client: Client,
    private readonly work: Work,
    instanceId: string = randomUUID(),
  ) {
    this.instanceId = instanceId;
  }

  /** Whether the last request failed, so that nothing can be delivered at present. */
  get isCutOff(): boolean {
    return this.failures > 0;
  }

  /** There is something to tell: now, or soon together with what follows. */
  news(urgency: "now" | "soon"): void {
    if (urgency === "soon") {
      this.soonTimer ??= setTimeout(() => this.news("now"), RUNNING_DELAY_MS);
      return;
    }
    if (this.soonTimer) clearTimeout(this.soonTimer);
    this.soonTimer = null;
    this.isUrgent = true;
    this.wake.ring();
  }

  /** Takes no new work from now on. */
  drain(): void {
    this.isDraining = true;
    this.news("now");
  }

  /** Goes on until another instance takes the runner's place. */
  async run(): Promise<Ended> {
    for (;;) {
      const ended = this.isUrgent ? await this.tell() : await this.waitForWork();
      if (ended) return ended;
      while (performance.now() < this.slowUntil) await this.wake.wait(this.slowUntil - performance.now());
    }
  }

  /** A request that is answered at once. */
  private async tell(): Promise<Ended | null> {
    this.isUrgent = false;
    const { request, reports } = this.ask(0);
    const ended = await this.exchange(request, reports);
    if (this.work.outbox.size > reports.length && !this.isCutOff) this.isUrgent = true;
    return ended;
  }

  /** A request that the server holds until there is something to do. */
  private async waitForWork(): Promise<Ended | null> {
    const pause = Math.max(this.emptyAnswers > 2 ? Math.min(500, 20 * this.emptyAnswers) : 0, this.parkDelay());
    if (pause > 0 && (await this.wake.wait(pause))) return null;
    const waitMs = Math.floor(
      Math.min(WAIT_MS, (Math.min(this.leaseSeconds.queued, this.leaseSeconds.running) * 1000) / 3),
    );
    const { request, reports } = this.ask(waitMs);
    const controller = new AbortController();
    const sentAt = performance.now();
    const exchange = this.exchange(request, reports, controller.signal);
    if (await this.wake.wait(Number.POSITIVE_INFINITY, exchange)) {
      this.supersede(controller, exchange);
      return null;
    }
    const ended = await exchange;
    // A server that answers a waiting request early with nothing in it is not asked in a tight circle.
    this.emptyAnswers = !this.isUrgent && performance.now() - sentAt < waitMs / 2 ? this.emptyAnswers + 1 : 0;
    return ended;
  }

  /** The next request overtakes the waiting one, which the server then answers; what it says still counts. */
  private supersede(controller: AbortController, exchange: Promise<Ended | null>): void {
    this.superseded.add(controller);
    const [oldest] = this.superseded;
    if (this.superseded.size > 4) oldest?.abort();
    const timer = setTimeout(() => controller.abort(), SUPERSEDED_MS);
    void exchange.finally(() => {
      clearTimeout(timer);
      this.superseded.delete(controller);
    });
  }

  private parkDelay(): number {
    if (this.work.running === 0) return 0;
    return this.work.freeSlots() > 0 ? PARK_DELAY_MS.room : PARK_DELAY_MS.full;
  }

  private ask(waitMs: number): { request: SyncRequest; reports: Report[] } {
    const reports = this.work.outbox.first(this.reportsMax);
    const ending = new Set(reports.filter(({ status }) => status !== "running").map(({ attempt_id }) => attempt_id));
    const held = [...this.work.live.values()]
      .filter((live) => !live.isQuiet && !ending.has(live.id))
      .map((live) => ({ attempt_id: live.id, status: heldStatusOf(live) }));
    const request: SyncRequest = {
      runner: {
        instance_id: this.instanceId,
        version: VERSION,
        os: process.platform,
        arch: process.arch,
        labels: this.options.labels,
        slots: this.options.slots,
        state: this.isDraining ? "draining" : "active",
      },
      held,
      reports,
      free_slots: this.isDraining ? 0 : this.work.freeSlots(),
      wait_ms: waitMs,
    };
    return { request, reports };
  }

  private async exchange(request: SyncRequest, reports: Report[], signal?: AbortSignal): Promise<Ended | null> {
    const sentAt = performance.now();
    const outcome = await this.client.sync(request, signal);
    if (outcome.kind === "ok") {
      await this.apply(outcome.value, request, reports, sentAt);
      return null;
    }
    // One that was overtaken says nothing about the server.
    if (signal?.aborted) return null;
    if (outcome.kind === "replaced") {
      say("Another instance has taken this runner's place: this one stops and leaves the processes to it.");
      return { exitCode: REPLACED_EXIT_CODE };
    }
    this.fail(outcome, reports);
    return null;
  }

  private async apply(answer: SyncAnswer, request: SyncRequest, reports: Report[], sentAt: number): Promise<void> {
    if (!this.isConnected)
      say(
        `connected to ${this.options.url} as ${this.options.name}: ${this.options.slots} slots, labels ${this.options.labels.join(", ")}`,
      );
    this.isConnected = true;
    this.failures = 0;
    this.leaseSeconds = { queued: answer.lease_seconds, running: answer.running_lease_seconds };
    const settled = this.work.outbox.settle(reports, answer.reports);
    for (const { report, isAccepted } of settled) this.work.acknowledged(report, isAccepted);
    if (settled.length === reports.length) this.reportsMax = REPORTS_MAX;
    for (const id of answer.lost) this.work.drop(id, "the server has ended the attempt");
    for (const order of answer.cancel) this.work.cancel(order);
    const started = settled.filter(({ report, isAccepted }) => isAccepted && report.status === "running");
    const renewed = [
      ...(request.held ?? []).map((held) => held.attempt_id),
      ...started.map(({ report }) => report.attempt_id),
    ];
    this.work.renew(renewed, sentAt, this.leaseSeconds);
    if (answer.assignments.length === 0) return;
    this.emptyAnswers = 0;
    // What still arrives while draining is not touched: it never started, so its lease runs out and it is dispatched again.
    if (this.isDraining) say(`${answer.assignments.length} attempts are left to other runners.`);
    else await this.work.accept(answer.assignments, sentAt + answer.lease_seconds * 1000);
  }

  private fail(outcome: Failure, reports: Report[]): void {
    this.failures += 1;
    // Reports that are still there are told again after the pause.
    this.isUrgent = true;
    switch (outcome.kind) {
      case "unauthenticated":
        say(
          `The server does not accept this runner's token (${outcome.why}): no new work; processes go on, their results are kept; asking again in 30 s.`,
        );
        this.isConnected = false;
        this.pauseFor(SLOW_RETRY_MS);
        return;
      case "refused":
        this.refuse(reports, outcome.why);
        return;
      case "missing":
        this.retryLater(outcome.why, 0);
        return;
      case "retry":
        this.retryLater(outcome.why, outcome.afterMs ?? 0);
    }
  }

  private retryLater(why: string, afterMs: number): void {
    if (this.failures === 1 || this.failures % 20 === 0) say(`The server cannot be asked (${why}): trying again.`);
    this.isConnected = false;
    this.pauseFor(Math.max(afterMs, backoffMs(this.failures)));
  }

  /** A refused request is not repeated as it is: fewer reports at a time, then a plainer report, then none. */
  private refuse(reports: Report[], why: string): void {
    const [only] = reports;
    if (!only) {
      say(`The server refuses this runner's request (${why}); trying again in 30 s.`);
      this.pauseFor(SLOW_RETRY_MS);
      return;
    }
    this.pauseFor(backoffMs(1));
    if (reports.length > 1) {
      this.reportsMax = Math.max(1, Math.floor(reports.length / 2));
      return;
    }
    this.work.outbox.remove(new Set(reports));
    if (this.refusedReports.has(only) || only.status === "running") {
      say(`attempt ${only.attempt_id}: the server refuses its report "${only.status}" (${why}); it is given up.`);
      this.work.acknowledged(only, true);
      return;
    }
    say(
      `attempt ${only.attempt_id}: the server refuses its report "${only.status}" (${why}); it is reported as failed.`,
    );
    const plain: Report = {
      attempt_id: only.attempt_id,
      status: "failed",
      reason: "the server refused this runner's report",
    };
    this.refusedReports.add(plain);
    this.work.outbox.add(plain);
  }

  private pauseFor(ms: number): void {
    this.slowUntil = performance.now() + ms;
  }
}
