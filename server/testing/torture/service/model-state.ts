import type { Report } from "../../../../runner/protocol";
import type { TeamRunner } from "./team";

/** An attempt that a model runner has and has not reported as ended. */
export interface Held {
  attemptId: string;
  runId: string;
  taskId: string;
  key: string;
  status: "queued" | "running" | "cancel-requested";
  isExecuting: boolean;
  /** Rounds that its execution still takes. */
  roundsLeft: number;
  /** When the last request that kept its lease, and was answered, was sent. */
  heardAt: number;
}

/** A report that has been answered: nothing the server says later may contradict it. */
export interface Settled {
  runnerId: string;
  report: Report;
  accepted: boolean;
  /** When the answer had come. */
  at: number;
}

/** An answered sync, as far as the final judgement needs it. */
export interface TakenSync {
  instance: string;
  /** The database's time at which it became the current one, in milliseconds. */
  serverTime: number;
  receivedAt: number;
  /** Attempts that it listed, reported, or was given. */
  mentioned: Set<string>;
  /** Attempts that it was given, new or again. */
  given: string[];
  /** How many new ones it had room for. */
  room: number;
  /** No other request of the runner can have taken its place. */
  isAlone: boolean;
}

/** A model runner's memory, of which everything but `held` outlives its process. */
export class ModelState {
  instance = "i1";
  instances = 1;
  readonly held = new Map<string, Held>();
  outbox: Report[] = [];
  /** The journal: attempts that were ever given to it. */
  readonly seen = new Set<string>();
  readonly settled: Settled[] = [];
  readonly taken: TakenSync[] = [];
  /** Answered requests that kept an attempt's lease. */
  readonly renewals = new Map<string, { sentAt: number; receivedAt: number }[]>();
  /** Attempts that were in `lost`. */
  readonly lost = new Set<string>();
  /** Requests on the way whose answers nobody waits for. */
  ghosts = 0;
  /** Until when a request whose sender has left may still be served. */
  hauntedUntil = 0;

  readonly runnerId: string;
  readonly token: string;
  readonly slots: number;
  readonly labels: string[];

  constructor(given: TeamRunner) {
    this.runnerId = given.id;
    this.token = given.token;
    this.slots = given.slots;
    this.labels = given.labels;
  }

  /** The terminal report of an attempt that was answered. */
  endOf(attemptId: string): Settled | undefined {
    return this.settled.find(({ report }) => report.attempt_id === attemptId && report.status !== "running");
  }
}
