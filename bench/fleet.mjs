import { fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import { peerUrl } from "./peer.mjs";

const HOST = fileURLToPath(new URL("./worker-host.mjs", import.meta.url));
const STOP_WITHIN_MS = 4_000;

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** The worker processes of one side, and when each task of each run began and ended in them. */
export class Fleet {
  /** Run, then task, then [begin, end]. @type {Map<string | number, Map<number, [number, number]>>} */
  runs = new Map();
  count = 0;
  duplicates = 0;
  firstStart = Number.POSITIVE_INFINITY;
  lastEnd = 0;

  #news = new EventEmitter();
  /** @type {Error | undefined} */
  #failure;
  #isStopping = false;
  /** @type {ChildProcess[]} */
  #workers;
  /** @type {Promise<unknown>} */
  #ready;

  /**
   * Starts a process for each entry of `settings`; they do nothing before `go`.
   * @param {import("./row.mjs").Side} side
   * @param {unknown[]} settings
   * @param {{ options: import("./peer.mjs").WorkerOptions, flushMs: number, sleeps?: { [kind: string]: number[] } }} more
   */
  constructor(side, settings, { options, flushMs, sleeps = {} }) {
    this.#news.setMaxListeners(0);
    this.#workers = settings.map((own) => {
      const given = { peer: peerUrl(side), settings: own, options, sleeps, flushMs };
      const worker = fork(HOST, [JSON.stringify(given)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
      worker.on("message", (message) => this.#hear(worker, message));
      worker.once("exit", (code, signal) => this.#fail(new Error(`a worker of ${side} ended (${signal ?? code})`)));
      return worker;
    });
    this.#ready = Promise.all(this.#workers.map((worker) => once(worker, "ready")));
  }

  /** The worker processes. */
  pids() {
    return this.#workers.flatMap((worker) => worker.pid ?? []);
  }

  /** Has every worker begin to look for work, and waits until all do. */
  async go() {
    await this.#ready;
    const up = this.#workers.map((worker) => once(worker, "up"));
    for (const worker of this.#workers) worker.send("go");
    await this.#orFailure(Promise.all(up));
  }

  /** Waits until the processes are there. */
  async ready() {
    await this.#orFailure(this.#ready);
  }

  /**
   * Waits until so many tasks have ended since the last `reset`.
   * @param {number} n
   * @param {number} [withinMs]
   */
  async ended(n, withinMs = 240_000) {
    const timer = setTimeout(
      () => this.#fail(new Error(`only ${this.count} of ${n} tasks ended in ${withinMs / 1000} s`)),
      withinMs,
    );
    try {
      while (this.count < n) await this.#orFailure(once(this.#news, "records"));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Forgets what has been seen. */
  reset() {
    this.runs.clear();
    this.count = 0;
    this.duplicates = 0;
    this.firstStart = Number.POSITIVE_INFINITY;
    this.lastEnd = 0;
  }

  /** Ends the processes. */
  async stop() {
    this.#isStopping = true;
    await Promise.all(
      this.#workers.map(async (worker) => {
        if (worker.exitCode !== null || worker.signalCode !== null) return;
        const exit = once(worker, "exit");
        if (worker.connected) worker.send("stop");
        const timer = setTimeout(() => worker.kill("SIGKILL"), STOP_WITHIN_MS);
        await exit;
        clearTimeout(timer);
      }),
    );
  }

  /** @param {Error} error */
  #fail(error) {
    if (this.#isStopping) return;
    this.#failure ??= error;
    this.#news.emit("failure");
  }

  /**
   * @template T
   * @param {Promise<T>} promise
   * @returns {Promise<T>}
   */
  async #orFailure(promise) {
    const giveUp = new AbortController();
    const failure = once(this.#news, "failure", { signal: giveUp.signal }).catch(() => {});
    try {
      if (!this.#failure) {
        const first = await Promise.race([promise.then((value) => ({ value })), failure]);
        if (first && "value" in first) return first.value;
      }
      throw this.#failure ?? new Error("the workers failed");
    } finally {
      giveUp.abort();
    }
  }

  /** @param {ChildProcess} worker @param {any} message */
  #hear(worker, message) {
    if (message.isReady) worker.emit("ready");
    if (message.isUp) worker.emit("up");
    if (!message.records) return;
    const list = message.records;
    for (let at = 0; at < list.length; at += 4) this.#note(list[at], list[at + 1], [list[at + 2], list[at + 3]]);
    this.#news.emit("records");
  }

  /** @param {string | number} run @param {number} task @param {[number, number]} times */
  #note(run, task, times) {
    const tasks = this.runs.get(run) ?? new Map();
    this.runs.set(run, tasks);
    if (tasks.has(task)) this.duplicates++;
    else this.count++;
    tasks.set(task, times);
    this.firstStart = Math.min(this.firstStart, times[0]);
    this.lastEnd = Math.max(this.lastEnd, times[1]);
  }
}
