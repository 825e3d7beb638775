import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventType } from "../core/status";
import { StartError } from "./progress.mjs";

const PAUSES_MS = [200, 500, 1_000, 2_000, 5_000];
/** A server that has been away this long is not coming back by itself. */
const AWAY_MAX_MS = 10 * 60_000;
const REQUEST_MS = 30_000;
const LAST_CALL_MS = 3_000;
/** The server writes a comment every 15 s; silence is a connection that died without a word. */
const SILENCE_MAX_MS = 45_000;

export interface Address {
  url: string;
  token: string;
}

type Method = "GET" | "POST" | "DELETE";
interface Sending {
  body: unknown;
  type: string | undefined;
  patienceMs: number;
}

export interface RunEvent {
  number: number;
  type: EventType;
  task_id?: string;
  task_key?: string;
  data: Record<string, unknown> | null;
}

/** An answer that says no; anything else is asked again until it is answered. */
export class RefusedError extends StartError {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Speaks REST with a server that may go away and come back at any moment. */
export class ExampleClient {
  constructor(
    private readonly address: Address,
    private readonly onAway: (isAway: boolean) => void = () => {},
  ) {}

  /** Asks until there is an answer; a POST carries a key, so that repeating it has no second effect. */
  async call<T>(method: Method, path: string, body?: unknown, type?: string): Promise<T> {
    return this.send(method, path, { body, type, patienceMs: AWAY_MAX_MS });
  }

  /** Asks while this command is being ended: nobody waits long for that. */
  async lastCall(method: Method, path: string, body?: unknown): Promise<void> {
    await this.send(method, path, { body, type: undefined, patienceMs: LAST_CALL_MS });
  }

  private async send<T>(method: Method, path: string, { body, type, patienceMs }: Sending): Promise<T> {
    const headers = {
      ...this.authorization(),
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": type ?? "application/json" }),
      ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
    };
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    return this.untilAnswered(async () => {
      const signal = AbortSignal.timeout(Math.min(REQUEST_MS, patienceMs));
      const response = await fetch(`${this.address.url}/api/v1${path}`, { method, headers, body: text, signal });
      await refuse(response, `${method} ${path}`);
      const answer = await response.text();
      return (answer === "" ? null : JSON.parse(answer)) as T;
    }, patienceMs);
  }

  /** The events of a run as they happen, each once, across restarts of the server; ends only when it is left. */
  async *follow(runId: string): AsyncGenerator<RunEvent> {
    let last = 0;
    for (;;) {
      const { silence, body } = await this.untilAnswered(async () => {
        const watch = silenceWatch();
        const response = await fetch(`${this.address.url}/api/v1/workflow-runs/${runId}/stream`, {
          headers: { ...this.authorization(), accept: "text/event-stream", "last-event-id": String(last) },
          signal: watch.signal,
        });
        await refuse(response, "the stream of the run");
        if (response.body === null) throw new Error("a stream without a body");
        return { silence: watch, body: response.body };
      });
      try {
        for await (const event of eventsOf(body, silence.heard)) {
          if (event.number <= last) continue;
          last = event.number;
          yield event;
        }
      } catch (error) {
        // The connection broke: the loop asks again from the last event that came.
        if (error instanceof StartError) throw error;
      } finally {
        silence.stop();
      }
      await sleep(PAUSES_MS[0]);
    }
  }

  private authorization() {
    return { authorization: `Bearer ${this.address.token}` };
  }

  private async untilAnswered<T>(ask: () => Promise<T>, patienceMs = AWAY_MAX_MS): Promise<T> {
    const since = Date.now();
    for (let failures = 0; ; failures++) {
      try {
        const answer = await ask();
        if (failures > 0) this.onAway(false);
        return answer;
      } catch (error) {
        if (error instanceof StartError) throw error;
        const why = error instanceof Error ? error.message : String(error);
        if (Date.now() - since > patienceMs) throw new StartError(`No answer from ${this.address.url} (${why}).`);
        if (failures === 1) this.onAway(true);
        await sleep(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]);
      }
    }
  }
}

/** Throws RefusedError for what repeating cannot mend, and a plain error for what it can. */
async function refuse(response: Response, what: string): Promise<void> {
  if (response.ok) return;
  const text = await response.text();
  const problem = response.headers.get("content-type")?.includes("problem+json") ? JSON.parse(text) : {};
  const isBusy = problem.code === "idempotency_key_in_progress";
  if (response.status >= 500 || response.status === 429 || isBusy) throw new Error(`${response.status}`);
  const errors = (problem.errors ?? []).map(
    (error: { pointer: string; message: string }) => `\n  ${error.pointer}: ${error.message}`,
  );
  const message = `${what} was refused (${response.status}): ${problem.detail ?? text.slice(0, 200)}${errors.join("")}`;
  throw new RefusedError(response.status, problem.code ?? "", message);
}

async function* eventsOf(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<RunEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    heard();
    const frames = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      const data = frame.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length > 0) yield JSON.parse(data.map((line) => line.slice(5)).join("\n")) as RunEvent;
    }
  }
}

function silenceWatch() {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), SILENCE_MAX_MS);
  return { signal: controller.signal, heard: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
