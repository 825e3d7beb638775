import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { WebHost } from "./web-host";

export interface Message {
  method: "GET" | "POST";
  path: string;
  token: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** What came back, whole. */
export interface Answer {
  status: number;
  text: string;
  headers: IncomingMessage["headers"];
  /** Wall clock when the request was sent and when its answer was complete. */
  sentAt: number;
  receivedAt: number;
  host: string;
}

/** What goes wrong with one request on its way. `leave`: the client goes away once it has sent everything. */
export type WireFault = "none" | "leave" | "cut";

/** A silent server is given up after this, beside what it was asked to wait. */
const PATIENCE_MS = 10_000;

/** Sends one request; null where no answer came, whatever the reason. */
export function send(
  host: WebHost,
  message: Message,
  how: { fault?: WireFault; leaveAfterMs?: number; waitMs?: number; signal?: AbortSignal } = {},
): Promise<Answer | null> {
  const { fault = "none", leaveAfterMs = 0, waitMs = 0, signal } = how;
  const body = message.body === undefined ? "" : JSON.stringify(message.body);
  return new Promise((resolve) => {
    const sentAt = Date.now();
    const outgoing = open(host, message, body);
    const giveUp = () => outgoing.destroy();
    const timer = setTimeout(giveUp, waitMs + PATIENCE_MS);
    const finish = (answer: Answer | null) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      resolve(answer);
    };
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", () => finish(null));
      incoming.on("end", () =>
        finish({
          status: incoming.statusCode ?? 0,
          text: Buffer.concat(chunks).toString("utf8"),
          headers: incoming.headers,
          sentAt,
          receivedAt: Date.now(),
          host: host.name,
        }),
      );
    });
    // Refused, reset, given up: whoever sent it does not know whether it was heard.
    outgoing.on("error", () => finish(null));
    outgoing.on("close", () => finish(null));
    if (fault === "cut") {
      outgoing.write(body.slice(0, Math.ceil(body.length / 2)), () => outgoing.destroy());
      return;
    }
    outgoing.end(body, () => {
      if (fault === "leave") setTimeout(giveUp, leaveAfterMs);
    });
  });
}

function open(host: WebHost, message: Message, body: string): ClientRequest {
  return request({
    host: "127.0.0.1",
    port: host.port,
    agent: host.agent,
    method: message.method,
    path: message.path,
    headers: {
      authorization: `Bearer ${message.token}`,
      ...(message.method === "POST"
        ? { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }
        : {}),
      ...message.headers,
    },
  });
}
