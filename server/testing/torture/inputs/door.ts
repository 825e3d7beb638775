import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import net, { type AddressInfo } from "node:net";
import type { ApiRequest } from "../../../api/api-request";
import { nodeListener } from "../../../api/node-listener";
import { handleRest } from "../../../api/rest/router";
import { handleTrpc } from "../../../api/trpc/handler";
import type { Answered, Sent } from "./sent";
import { handleSignIn } from "./sign-in";
import { onTheWire } from "./wires";

/** Longer than any answer may take; a request that waits for work is left by its client after a second. */
const PATIENCE_MS = 20_000;
const LEAVE_AFTER_MS = 1_000;
const STREAM_MS = 40;

/** The product's handlers, reached directly or over a real socket. */
export class Door {
  private readonly server: Server;
  private readonly busy = new Set<Promise<unknown>>();
  /** Statuses that handlers gave since they were last taken, also to clients that did not wait for them. */
  private statuses: number[] = [];
  /** Connections that clients made, and those that the server has seen come and go. */
  private made = 0;
  private seen = 0;
  private gone = 0;
  private readonly moves = new EventEmitter();

  private constructor() {
    this.server = createServer(nodeListener((request) => this.handle(request)));
    this.server.on("connection", (socket) => {
      this.seen++;
      socket.once("close", () => {
        this.gone++;
        this.moves.emit("move");
      });
    });
  }

  static async open(): Promise<Door> {
    const door = new Door();
    await new Promise<void>((resolve) => door.server.listen(0, "127.0.0.1", resolve));
    return door;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Sends it and answers when no handler is at work any more; throws when that takes too long. */
  async send(sent: Sent): Promise<{ answer: Answered; statuses: number[] }> {
    this.statuses = [];
    const answer = await inTime(sent.wire === "direct" || sent.wire === "torn" ? this.direct(sent) : this.socket(sent));
    await inTime(this.idle());
    return { answer, statuses: this.statuses };
  }

  private async idle(): Promise<void> {
    // A client that is gone may have left a request that the server has yet to read.
    while (this.seen < this.made || this.gone < this.seen) await once(this.moves, "move");
    while (this.busy.size > 0) await Promise.allSettled(this.busy);
  }

  /** As the product does: programs and runners are answered in front of Next, pages and sign-in by its routes. */
  private handle(request: ApiRequest): Promise<Response> {
    return this.watched(handleRest(request));
  }

  private handleWeb(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/api/trpc")) return this.watched(handleTrpc(request));
    if (pathname.startsWith("/api/auth")) return this.watched(handleSignIn(request));
    return this.handle(request);
  }

  private watched(handled: Promise<Response>): Promise<Response> {
    const answer = handled.then((response) => {
      this.statuses.push(response.status);
      return response;
    });
    this.busy.add(answer);
    const done = () => this.busy.delete(answer);
    answer.then(done, done);
    return answer;
  }

  private async direct(sent: Sent): Promise<Answered> {
    const leaving = new AbortController();
    const timer = setTimeout(() => leaving.abort(), LEAVE_AFTER_MS);
    try {
      const response = await this.handleWeb(requestOf(sent, leaving.signal));
      const contentType = response.headers.get("content-type") ?? "";
      const requestId = response.headers.get("x-request-id") ?? "";
      const { status } = response;
      if (!isStream(contentType)) return { status, contentType, requestId, text: await response.text(), isOurs: true };
      const text = await beginning(response, isRefused(sent) ? LEAVE_AFTER_MS : STREAM_MS);
      return { status, contentType, requestId, text, isOurs: true, ...refusedInside(text) };
    } finally {
      clearTimeout(timer);
      leaving.abort();
    }
  }

  private async socket(sent: Sent): Promise<Answered> {
    const { bytes, next } = onTheWire(sent);
    const text = await new Promise<string>((resolve) => {
      const chunks: Buffer[] = [];
      const socket = net.connect((this.server.address() as AddressInfo).port, "127.0.0.1", () => {
        this.made++;
        socket.write(bytes, () => {
          if (next === "end") socket.end();
          if (next === "destroy") socket.destroy();
        });
      });
      // Parked requests and streams are left, as by any client that has waited long enough.
      const timer = setTimeout(() => socket.destroy(), LEAVE_AFTER_MS);
      socket.on("data", (chunk) => chunks.push(chunk));
      // Being cut off while still writing is an answer too.
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        clearTimeout(timer);
        resolve(Buffer.concat(chunks).toString("utf8"));
      });
    });
    const [head = "", ...rest] = text.split("\r\n\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
    const contentType = /^content-type: *(.*?)\r?$/im.exec(head)?.[1] ?? "";
    const requestId = /^x-request-id: *(.*?)\r?$/im.exec(head)?.[1] ?? "";
    const isChunked = /^transfer-encoding: *chunked/im.test(head);
    const body = rest.join("\r\n\r\n");
    const isOurs = this.statuses.includes(status);
    return { status, contentType, requestId, text: isChunked ? unchunked(body) : body, isOurs };
  }
}

function requestOf(sent: Sent, signal: AbortSignal): Request {
  const { body } = sent;
  const headers = new Headers();
  for (const [name, value] of sent.headers) headers.append(name, latin1(value));
  const method = sent.method.toUpperCase();
  const hasBody = method !== "GET" && method !== "HEAD";
  const init = { method, headers, signal, duplex: "half" };
  const stream = sent.wire === "torn" ? tornStream(body) : body;
  return new Request(
    `http://127.0.0.1:3000${sent.path.toWellFormed()}`,
    (hasBody ? { ...init, body: stream } : init) as RequestInit,
  );
}

/** Half of a body, and then the connection is gone, in the words of Node. */
function tornStream(body: Buffer): ReadableStream {
  return new ReadableStream({
    start(controller) {
      if (body.length > 1) controller.enqueue(new Uint8Array(body.subarray(0, body.length / 2)));
    },
    pull(controller) {
      controller.error(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
    },
  });
}

/** What a header can carry. */
function latin1(value: string): string {
  return value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "?");
}

function isStream(contentType: string): boolean {
  return contentType.startsWith("text/event-stream") || contentType.startsWith("application/jsonl");
}

function isRefused({ identity, isForeign }: Sent): boolean {
  return isForeign || identity === "bad";
}

/** What a stream says first; it goes on for ever, and one that has nothing to say yet is left after a moment. */
async function beginning(response: Response, ms: number): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return "";
  let text = "";
  const moment = setTimeout(() => void reader.cancel(), ms);
  try {
    // The first event only says that it is connected.
    while ((text.match(/^data:.*\n/gm)?.length ?? 0) < 2) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
    }
  } finally {
    clearTimeout(moment);
    await reader.cancel();
  }
  return text;
}

/** A procedure's stream begins with 200 and says only then that it refuses; told as a plain answer would tell it. */
function refusedInside(text: string): { status?: number; contentType?: string; text?: string } {
  const error = /^event: serialized-error\ndata: ?(.*)/m.exec(text)?.[1];
  const status = /"httpStatus":(\d+)/.exec(error ?? "")?.[1];
  return status === undefined
    ? {}
    : { status: Number(status), contentType: "application/json", text: `{"error":${error}}` };
}

function unchunked(body: string): string {
  return body.replaceAll(/(^|\r\n)[0-9a-f]+\r\n/g, "").replace(/\r\n$/, "");
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
