import http from "node:http";
import https from "node:https";
import type { z } from "zod";
import { logAnswer, syncAnswer } from "./answers";
import type { LogAnswer, SyncAnswer, SyncRequest } from "./protocol";
import { codeOf, messageOf } from "./say";

/** What a request came to; the runner acts on `kind` and never on text. */
export type Outcome<T> = { kind: "ok"; value: T } | { kind: "replaced" } | Failure;

/** No answer to act on. */
export type Failure =
  | { kind: "unauthenticated"; why: string }
  | { kind: "missing"; why: string }
  | { kind: "refused"; why: string }
  | { kind: "retry"; why: string; afterMs?: number };

interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

interface Seen {
  signal?: AbortSignal;
  /** Set when a request fails: whether it went over a kept connection. */
  isReused: boolean;
}

const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** Speaks the runner protocol over connections that stay open; every call ends within its time limit. */
export class Client {
  private readonly agent: http.Agent;
  private readonly open = new Set<http.ClientRequest>();

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    const settings = { keepAlive: true, maxSockets: 16, noDelay: true };
    this.agent = url.startsWith("https:") ? new https.Agent(settings) : new http.Agent(settings);
  }

  /** One sync; the time limit lies above what the server was asked to wait. */
  sync(request: SyncRequest, signal?: AbortSignal): Promise<Outcome<SyncAnswer>> {
    return this.post("/api/runner/sync", JSON.stringify(request), syncAnswer, (request.wait_ms ?? 0) + 15_000, signal);
  }

  /** One piece of output, already written as JSON. */
  appendLog(attemptId: string, body: string): Promise<Outcome<LogAnswer>> {
    return this.post(`/api/runner/attempts/${encodeURIComponent(attemptId)}/logs`, body, logAnswer, 30_000);
  }

  /** Ends every open request; what they would have said is asked again by whoever comes next. */
  close(): void {
    for (const request of this.open) request.destroy();
    this.agent.destroy();
  }

  private async post<T>(
    path: string,
    body: string,
    schema: z.ZodType<T>,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Outcome<T>> {
    let reply: Reply;
    try {
      reply = await this.send(path, body, timeoutMs, signal);
    } catch (error) {
      return { kind: "retry", why: messageOf(error) || codeOf(error) || "no answer" };
    }
    if (reply.status !== 200) return classify(reply);
    try {
      return { kind: "ok", value: schema.parse(JSON.parse(reply.body)) };
    } catch {
      return { kind: "retry", why: "the answer cannot be read" };
    }
  }

  private async send(path: string, body: string, timeoutMs: number, signal?: AbortSignal): Promise<Reply> {
    const seen: Seen = { isReused: false, ...(signal ? { signal } : {}) };
    try {
      return await this.sendOnce(path, body, timeoutMs, seen);
    } catch (error) {
      // A kept connection that the server had closed meanwhile says nothing about the server: try a new one at once.
      if (seen.isReused && (codeOf(error) === "ECONNRESET" || codeOf(error) === "EPIPE")) {
        return this.sendOnce(path, body, timeoutMs, seen);
      }
      throw error;
    }
  }

  private sendOnce(path: string, body: string, timeoutMs: number, seen: Seen): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(body);
      const request = (this.url.startsWith("https:") ? https : http).request(this.url + path, {
        agent: this.agent,
        method: "POST",
        ...(seen.signal ? { signal: seen.signal } : {}),
        headers: {
          authorization: `Bearer ${this.token}`,
          "content-type": "application/json",
          "content-length": bytes.length,
          accept: "application/json",
        },
      });
      this.open.add(request);
      // One timer for the whole exchange: a socket timeout would start anew with every trickled byte.
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${Math.round(timeoutMs / 1000)} s`)),
        timeoutMs,
      );
      request.on("close", () => {
        clearTimeout(timer);
        this.open.delete(request);
      });
      request.on("error", (error) => {
        seen.isReused = request.reusedSocket;
        reject(error);
      });
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) request.destroy(new Error("the answer is too large"));
          else chunks.push(chunk);
        });
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      });
      request.end(bytes);
    });
  }
}

function classify(reply: Reply): Exclude<Outcome<never>, { kind: "ok" }> {
  const { code, detail } = readProblem(reply.body);
  const why = `${reply.status}${code ? ` ${code}` : ""}${detail ? `: ${detail}` : ""}`;
  switch (reply.status) {
    case 401:
    case 403:
      return { kind: "unauthenticated", why };
    case 409:
      return code === "runner_replaced" ? { kind: "replaced" } : { kind: "retry", why };
    case 404:
    case 410:
      return { kind: "missing", why };
    case 400:
    case 413:
    case 415:
    case 422:
      return { kind: "refused", why };
    default: {
      const afterMs = Number(reply.headers["retry-after"]) * 1000;
      return afterMs > 0 ? { kind: "retry", why, afterMs: Math.min(afterMs, 60_000) } : { kind: "retry", why };
    }
  }
}

function readProblem(body: string): { code: string; detail: string } {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return { code: "", detail: "" };
    const { code, detail } = value as { code?: unknown; detail?: unknown };
    return {
      code: typeof code === "string" ? code : "",
      detail: typeof detail === "string" ? detail.slice(0, 300) : "",
    };
  } catch {
    // A proxy's HTML page, for instance: the status alone decides.
    return { code: "", detail: "" };
  }
}
