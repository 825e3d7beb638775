import { writeFileSync } from "node:fs";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Attempt, type Outcome, REASON_DISK_FULL } from "./attempt";
import type { Client } from "./client";
import { Disposal } from "./disposal";
import type { Journal, JournalRecord } from "./journal";
import { extendLease, type LiveAttempt } from "./live-attempt";
import { LogUploader } from "./log-uploader";
import type { RunnerOptions } from "./options";
import { Outbox } from "./outbox";
import { PipePool } from "./pipe-pool";
import { bootId } from "./process-table";
import type { Assignment, CancelOrder, Report } from "./protocol";
import { recoverAttempts, removeStrangers, spooledBytes } from "./recover";
import { messageOf, say } from "./say";
import { hostEnvironment } from "./step-environment";
import { fileNameOf } from "./work-directory";

/** A second signal asks for a quick end, whatever the steps' usual grace. */
const SHUTDOWN_GRACE_MS = 1_000;
const PROBE_MS = 2_000;
const CANCEL_AGAIN_MS = 5_000;
const STARTS_PER_TURN = 4;
const SEEN_MAX = 100_000;

/** Everything the runner does with attempts; what is said to the server about them goes through `outbox`. */
export class Work {
  readonly live = new Map<string, LiveAttempt>();
  readonly outbox = new Outbox();
  readonly logs: LogUploader;
  private readonly seen = new Set<string>();
  /** Either the report is answered or the output delivered; when the other comes too, the attempt is done with. */
  private readonly halfDone = new Set<string>();
  private readonly canceledUnknown = new Map<string, number>();
  private readonly disposal = new Disposal();
  private readonly pipes: PipePool;
  private readonly boot = bootId();
  private readonly environment = hostEnvironment(process.env);
  private diskProblemAt: number | null = null;
  private leaseTimer: NodeJS.Timeout | null = null;
  private leaseTimerAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly options: RunnerOptions,
    private readonly journal: Journal,
    client: Client,
    /** Something is to be told: at once, or when it can wait for what follows. */
    private readonly onNews: (urgency: "now" | "soon") => void,
  ) {
    this.logs = new LogUploader(client, (id) => this.dispose(id));
    this.pipes = new PipePool(path.join(options.stateDir, "pipes"), Math.min(64, Math.max(4, options.slots)));
  }

  /** Processes that run or are being stopped. */
  get running(): number {
    let count = 0;
    for (const live of this.live.values()) if (!live.hasEnded) count += 1;
    return count;
  }

  /** Room for new work; none while the disk refuses to take what must be written. */
  freeSlots(): number {
    if (this.diskProblemAt !== null && !this.isDiskUsable()) return 0;
    return Math.max(0, this.options.slots - this.running);
  }

  /** Ends what earlier instances left running and takes over what they had not delivered. */
  async recover(): Promise<void> {
    const entries = [...this.journal.entries.values()];
    for (const { id, report, isNew, endedAt } of await recoverAttempts(entries, Date.now())) {
      this.seen.add(id);
      if (report) {
        if (isNew) this.write({ op: "ended", id, report, at: endedAt });
        this.outbox.add(report);
        if (isNew)
          say(`attempt ${id}: was running when the runner went away; reported as ${report.reason ?? report.status}`);
      } else {
        this.halfDone.add(id);
        if (isNew) this.write({ op: "acknowledged", id, at: endedAt });
      }
      const file = this.logFileOf(id);
      const size = await spooledBytes(file);
      if (size > 0) this.logs.resume(id, file, size, endedAt);
      else this.logs.ended(id);
    }
    const names = new Set([...this.journal.entries.keys()].map(fileNameOf));
    removeStrangers(path.join(this.options.stateDir, "work"), names);
    removeStrangers(path.join(this.options.stateDir, "logs"), new Set([...names].map((name) => `${name}.jsonl`)));
  }

  /** Writes the attempts' ids to the disk, then starts them; those seen before are ignored. */
  async accept(assignments: Assignment[], leaseUntil: number): Promise<void> {
    const fresh = assignments.filter((assignment) => !this.seen.has(assignment.attempt_id));
    if (fresh.length === 0) return;
    for (const { attempt_id } of fresh) this.seen.add(attempt_id);
    // An assignment can come twice only within a lease; the oldest ids are long past theirs.
    for (const id of this.seen) {
      if (this.seen.size <= SEEN_MAX || this.live.has(id)) break;
      this.seen.delete(id);
    }
    // Listed as held from now on: a sync that leaves before the disk has answered must not be sent them again.
    const lives = fresh.map((assignment) => this.hold(assignment, leaseUntil));
    try {
      for (const { id } of lives) this.journal.append({ op: "assigned", id, boot: this.boot });
      await this.journal.sync();
    } catch (error) {
      this.diskProblem(error);
      for (const live of lives) this.ended(live, { status: "submit-failed", reason: REASON_DISK_FULL });
      return;
    }
    void this.startAll(lives);
    this.watchLeases();
  }

  /** Ends an attempt as the server asks; one that the runner does not have is answered at once. */
  cancel(order: CancelOrder): void {
    const live = this.live.get(order.attempt_id);
    if (live) {
      if (live.isCancelAsked || live.hasEnded) return;
      live.isCancelAsked = true;
      say(`${live.label}: canceling (${order.reason})`);
      live.attempt.stop({ kind: "cancel", reason: order.reason }, order.grace_seconds * 1000);
      return;
    }
    const now = performance.now();
    if (this.outbox.has(order.attempt_id) || now < (this.canceledUnknown.get(order.attempt_id) ?? 0)) return;
    if (this.canceledUnknown.size > 1_000) this.canceledUnknown.clear();
    this.canceledUnknown.set(order.attempt_id, now + CANCEL_AGAIN_MS);
    this.outbox.add({
      attempt_id: order.attempt_id,
      status: "canceled",
      at: new Date().toISOString(),
      reason: "this runner does not have the attempt",
    });
    this.onNews("now");
  }

  /** Stops the process and tells the server nothing. */
  drop(id: string, why: string): void {
    const live = this.live.get(id);
    if (!live || live.isQuiet || live.hasEnded) return;
    live.isQuiet = true;
    say(`${live.label}: stopped quietly (${why})`);
    live.attempt.stop({ kind: "quiet" }, this.options.graceSeconds * 1000);
  }

  /** The server has answered a report, accepted or not: it is not repeated. */
  acknowledged(report: Report, isAccepted: boolean): void {
    const id = report.attempt_id;
    const live = this.live.get(id);
    if (report.status === "running") {
      if (live && isAccepted) live.isRunningKnown = true;
      if (live && !isAccepted) this.drop(id, "the lease is lost");
      return;
    }
    if (!isAccepted) say(`attempt ${id}: the server did not take "${report.status}", because the lease was lost`);
    this.live.delete(id);
    this.settle(id);
  }

  /** Stops every process; each is reported as failed. */
  stopAll(): void {
    const graceMs = Math.min(SHUTDOWN_GRACE_MS, this.options.graceSeconds * 1000);
    for (const live of this.live.values()) live.attempt.stop({ kind: "shutdown" }, graceMs);
  }

  /** Looks for the lease that ends first, and stops what has outlived its own. */
  watchLeases(): void {
    let first = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const live of this.live.values()) {
      if (live.hasEnded || live.isQuiet) continue;
      if (live.leaseUntil <= now) this.drop(live.id, "the lease ran out");
      else first = Math.min(first, live.leaseUntil);
    }
    if (first >= this.leaseTimerAt) return;
    if (this.leaseTimer) clearTimeout(this.leaseTimer);
    this.leaseTimerAt = first;
    this.leaseTimer = setTimeout(
      () => {
        this.leaseTimerAt = Number.POSITIVE_INFINITY;
        this.watchLeases();
      },
      Math.min(first - now + 1, 2 ** 30),
    );
  }

  /** Extends the leases of the attempts that an answered request listed. */
  renew(ids: string[], sentAt: number, seconds: { queued: number; running: number }): void {
    for (const id of ids) {
      const live = this.live.get(id);
      if (live) extendLease(live, sentAt, seconds);
    }
    this.watchLeases();
  }

  /** Clears up what is over; nothing is started afterwards. */
  async close(): Promise<void> {
    if (this.leaseTimer) clearTimeout(this.leaseTimer);
    this.logs.stop();
    await this.disposal.flush();
  }

  private hold(assignment: Assignment, leaseUntil: number): LiveAttempt {
    const id = assignment.attempt_id;
    const logFile = this.logFileOf(id);
    const { roots, logMaxBytes, graceSeconds } = this.options;
    const place = {
      directory: this.directoryOf(id),
      logFile,
      roots,
      environment: this.environment,
      pipes: this.pipes,
      graceMs: graceSeconds * 1000,
      logMaxBytes,
    };
    const attempt = new Attempt(assignment, place, {
      starting: () => this.journal.append({ op: "starting", id }),
      started: (group, startTime) => this.started(live, group, startTime),
      logWritten: (bytes) => this.logs.written(id, logFile, bytes),
    });
    const live: LiveAttempt = {
      id,
      attempt,
      label: `#${assignment.run_number} ${assignment.key}${assignment.attempt > 1 ? ` (attempt ${assignment.attempt})` : ""}`,
      hasStarted: false,
      isRunningKnown: false,
      isCancelAsked: false,
      isQuiet: false,
      hasEnded: false,
      leaseUntil,
    };
    this.live.set(id, live);
    return live;
  }

  /** Making a process takes milliseconds: in between, those that have already ended are heard and reported. */
  private async startAll(lives: LiveAttempt[]): Promise<void> {
    for (const [index, live] of lives.entries()) {
      void this.run(live);
      if (index % STARTS_PER_TURN === STARTS_PER_TURN - 1) await nextTurn();
    }
  }

  private async run(live: LiveAttempt): Promise<void> {
    this.ended(live, await live.attempt.run());
  }

  private started(live: LiveAttempt, group: number, startTime: string): void {
    live.hasStarted = true;
    this.write({ op: "started", id: live.id, group, startTime });
    say(`${live.label}: started`);
    this.outbox.add({ attempt_id: live.id, status: "running", at: new Date().toISOString() });
    this.onNews("soon");
  }

  private ended(live: LiveAttempt, outcome: Outcome): void {
    live.hasEnded = true;
    const { id } = live;
    if (outcome.reason === REASON_DISK_FULL) this.diskProblemAt ??= performance.now();
    if (live.isQuiet) {
      this.live.delete(id);
      this.settle(id);
    } else {
      const at = Date.now();
      const report: Report = { attempt_id: id, ...outcome, at: new Date(at).toISOString() };
      this.write({ op: "ended", id, report, at });
      this.outbox.add(report);
      say(`${live.label}: ${outcome.status}${outcome.reason ? ` (${outcome.reason})` : ""}`);
    }
    this.disposal.ended(id);
    this.logs.ended(id);
    this.onNews("now");
  }

  private settle(id: string): void {
    this.write({ op: "acknowledged", id, at: Date.now() });
    if (!this.halfDone.delete(id)) this.halfDone.add(id);
    else this.forget(id);
  }

  /** The output is delivered or given up; with the report answered too, nothing of the attempt is needed. */
  private dispose(id: string): void {
    if (!this.halfDone.delete(id)) this.halfDone.add(id);
    else this.forget(id);
  }

  private forget(id: string): void {
    this.disposal.add({
      attemptId: id,
      directory: this.directoryOf(id),
      logFile: this.logFileOf(id),
      removed: () => this.write({ op: "forgotten", id }),
    });
  }

  /** For facts that are true whether they can be written or not; without them a restart only reports more as lost. */
  private write(record: JournalRecord): void {
    try {
      this.journal.append(record);
      if (record.op === "ended") this.journal.sync().catch((error: unknown) => this.diskProblem(error));
    } catch (error) {
      this.diskProblem(error);
    }
  }

  private diskProblem(error: unknown): void {
    if (this.diskProblemAt === null)
      say(`The disk refuses (${messageOf(error)}): no new work until it can be written again.`);
    this.diskProblemAt = performance.now();
  }

  private isDiskUsable(): boolean {
    const now = performance.now();
    if (this.diskProblemAt === null || now - this.diskProblemAt < PROBE_MS) return false;
    try {
      writeFileSync(path.join(this.options.stateDir, "probe"), Buffer.alloc(256 * 1024));
      this.diskProblemAt = null;
      say("The disk can be written again.");
      return true;
    } catch {
      this.diskProblemAt = now;
      return false;
    }
  }

  private directoryOf(id: string): string {
    return path.join(this.options.stateDir, "work", fileNameOf(id));
  }

  private logFileOf(id: string): string {
    return path.join(this.options.stateDir, "logs", `${fileNameOf(id)}.jsonl`);
  }
}
