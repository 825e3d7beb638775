import type { Assignment } from "../../runner/protocol";
import type { Bus } from "../db/bus";
import type { Pool } from "../db/pool";
import { claimForGroup } from "./claim-for-group";
import type { Claimer } from "./claim-tasks";
import type { RunnerCall } from "./runner-call";
import type { Settings } from "./settings";
import { Trouble } from "./trouble";

/** What waiting brought: work, or a call to look again, or nothing. */
export interface MatchAnswer {
  assignments: Assignment[];
  wasCalled: boolean;
}

interface Waiter {
  claimer: Claimer;
  /** Team and labels: waiters of one group may be given the same tasks. */
  group: string;
  /** There may be work that it was not offered yet. */
  isHungry: boolean;
  isMatching: boolean;
  /** Nothing is held for it any longer: it is answered when its match in progress is over. */
  isOver: boolean;
  /** It does not wait: one fruitless look answers it. */
  isBrief: boolean;
  /** A look has been made for it. */
  hasLooked: boolean;
  answer: (answer: MatchAnswer) => void;
}

/** Somebody else holds the run that has work; it is looked at again so soon. */
const RETRY_MS = 3;
/** Finds what a lost notification missed. */
const POLL_MS = 2_000;
const ERROR_PAUSE_MS = 250;
/** A stalled disk or processor holds locks for longer than one would think. */
const BRIEF_MAX_MS = 2_000;

/**
 * Hands dispatched tasks to the runners whose syncs wait in this process: one matcher a process, batches of one run at
 * a time. Runners never query for work themselves (measured with 1,000 of them: 69 to 743 claims a second that way).
 */
export class Matcher {
  private readonly waiters = new Map<string, Waiter>();
  private looping: Promise<void> | undefined;
  private isStopped = false;
  private readonly trouble = new Trouble("matcher");
  private readonly offBus: () => void;
  private readonly poll: NodeJS.Timeout;

  constructor(private readonly parts: { pool: Pool; bus: Bus; settings: Settings }) {
    this.offBus = parts.bus.onAny((topic) => {
      if (topic.startsWith("work:")) this.feed(topic.slice("work:".length));
    });
    this.poll = setInterval(() => this.feed(null), POLL_MS);
    this.poll.unref();
  }

  /** Waits for work for one runner, at most `waitMs` after one look; a newer sync of the same runner ends it. */
  match(given: { claimer: Claimer; waitMs: number; call: RunnerCall; signals: AbortSignal[] }): Promise<MatchAnswer> {
    const { claimer, waitMs, call, signals } = given;
    const isGone = this.isStopped || signals.some((signal) => signal.aborted);
    const earlier = this.waiters.get(claimer.runnerId);
    // Two syncs of a runner at once may arrive here in the other order: only the later one waits.
    const isLate = earlier !== undefined && BigInt(earlier.claimer.syncNumber) > BigInt(claimer.syncNumber);
    if (isGone || isLate || (waitMs === 0 && claimer.room <= 0))
      return Promise.resolve({ assignments: [], wasCalled: call.wasCalled });
    return new Promise((resolve) => {
      const end = () => this.end(waiter);
      // A brief look is bounded too: a run that is always locked must not hold its answer for ever.
      const timer = setTimeout(end, waitMs === 0 ? BRIEF_MAX_MS : waitMs);
      const waiter: Waiter = {
        claimer,
        group: JSON.stringify([claimer.teamId, [...claimer.labels].sort()]),
        isHungry: claimer.room > 0,
        isMatching: false,
        isOver: false,
        isBrief: waitMs === 0,
        hasLooked: false,
        answer: (answer) => {
          clearTimeout(timer);
          for (const signal of signals) signal.removeEventListener("abort", end);
          if (this.waiters.get(claimer.runnerId) === waiter) this.waiters.delete(claimer.runnerId);
          resolve({ ...answer, wasCalled: answer.wasCalled || call.wasCalled });
        },
      };
      for (const signal of signals) signal.addEventListener("abort", end, { once: true });
      if (earlier) this.end(earlier);
      this.waiters.set(claimer.runnerId, waiter);
      call.listen(() => this.recall(waiter));
      this.look();
    });
  }

  /** Ends a wait that was called, by a cancel or another sync; but whoever asks for work is looked for once, called or not. */
  private recall(waiter: Waiter): void {
    if (waiter.hasLooked || waiter.isMatching || !waiter.isHungry) this.end(waiter);
    else {
      waiter.isBrief = true;
      setTimeout(() => this.end(waiter), BRIEF_MAX_MS).unref();
    }
  }

  /** Ends the wait of a runner's earlier sync: a later one has been registered. */
  supersede(runnerId: string, syncNumber: string): void {
    const waiter = this.waiters.get(runnerId);
    if (waiter && BigInt(waiter.claimer.syncNumber) < BigInt(syncNumber)) this.end(waiter);
  }

  /** Answers everybody and ends; nothing is given out afterwards. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.poll);
    this.offBus();
    for (const waiter of [...this.waiters.values()]) this.end(waiter);
    await this.looping;
  }

  private feed(teamId: string | null): void {
    let isAnybodyHungry = false;
    for (const waiter of this.waiters.values())
      if (waiter.claimer.room > 0 && (teamId === null || waiter.claimer.teamId === teamId)) {
        waiter.isHungry = true;
        isAnybodyHungry = true;
      }
    if (isAnybodyHungry) this.look();
  }

  private end(waiter: Waiter): void {
    waiter.isOver = true;
    if (!waiter.isMatching) waiter.answer({ assignments: [], wasCalled: false });
  }

  private look(): void {
    this.looping ??= this.loop().finally(() => {
      this.looping = undefined;
      // Hunger that arrived between the loop's last look and its end.
      if (!this.isStopped && this.hungryGroup()) this.look();
    });
  }

  private async loop(): Promise<void> {
    for (let group = this.hungryGroup(); group && !this.isStopped; group = this.hungryGroup()) {
      for (const waiter of group) {
        waiter.isMatching = true;
        waiter.isHungry = false;
      }
      await this.feedGroup(group);
    }
  }

  private hungryGroup(): Waiter[] | undefined {
    const waiters = [...this.waiters.values()];
    const first = waiters.find((waiter) => waiter.isHungry && !waiter.isOver);
    return (
      first && waiters.filter((waiter) => waiter.group === first.group && waiter.claimer.room > 0 && !waiter.isOver)
    );
  }

  private async feedGroup(group: Waiter[]): Promise<void> {
    let given = new Map<string, Assignment[]>();
    let isBusy = false;
    let pauseMs = RETRY_MS;
    try {
      const claimers = group.map((waiter) => waiter.claimer);
      const outcome = await claimForGroup(this.parts, { teamId: group[0]?.claimer.teamId ?? "", claimers });
      given = outcome.assignments;
      isBusy = outcome.isBusy;
      for (const waiter of group) waiter.isOver ||= outcome.stale.includes(waiter.claimer.runnerId);
      this.trouble.over();
    } catch (error) {
      // The database is away or refused: whoever waits keeps waiting, and the next look says whether it is back.
      this.trouble.report(error);
      isBusy = true;
      pauseMs = ERROR_PAUSE_MS;
    }
    for (const waiter of group) {
      waiter.isMatching = false;
      waiter.hasLooked = true;
      const own = given.get(waiter.claimer.runnerId) ?? [];
      if (own.length > 0 || waiter.isOver || (waiter.isBrief && !isBusy))
        waiter.answer({ assignments: own, wasCalled: false });
      // Work was found in one run; another run may have more for those left.
      else if (isBusy || given.size > 0) {
        waiter.isHungry = true;
        // To the end of the line: a run that stays locked must not keep other groups from being looked at.
        this.waiters.delete(waiter.claimer.runnerId);
        this.waiters.set(waiter.claimer.runnerId, waiter);
      }
    }
    if (isBusy) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
