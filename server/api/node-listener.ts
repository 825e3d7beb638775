import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { ApiRequest } from "./api-request";
import { TextResponse } from "./text-response";

/** What every handler of this room is. */
export type Handle = (request: ApiRequest) => Promise<Response>;

/** Puts a handler behind a plain `node:http` server; every answer also carries what `headersFor` says. */
export function nodeListener(
  handle: Handle,
  headersFor: (incoming: IncomingMessage) => Record<string, string> = () => ({}),
): RequestListener {
  return (incoming, outgoing) => {
    handle(requestOf(incoming, outgoing))
      .then((response) => send(response, outgoing, headersFor(incoming)))
      .catch((error: unknown) => {
        // A handler turns its errors into answers; what is left is a client that went away in the middle.
        outgoing.destroy(error instanceof Error ? error : new Error(String(error)));
      });
  };
}

/** No `Request`: making one, its headers and its stream costs 0.1 ms, more than all the rest of a small answer. */
function requestOf(incoming: IncomingMessage, outgoing: ServerResponse): ApiRequest {
  const leaving = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) leaving.abort();
  });
  return {
    method: incoming.method ?? "GET",
    url: `http://localhost${incoming.url ?? "/"}`,
    headers: { get: (name) => headerOf(incoming, name) },
    signal: leaving.signal,
    // A handler that refuses a body in the middle still answers: the connection must not go with what is left of it.
    body: incoming.iterator({ destroyOnReturn: false }),
  };
}

function headerOf(incoming: IncomingMessage, name: string): string | null {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(", ") : (value ?? null);
}

async function send(response: Response, outgoing: ServerResponse, headers: Record<string, string>): Promise<void> {
  const all = { ...headers, ...Object.fromEntries(response.headers) };
  if (response instanceof TextResponse) {
    const body = Buffer.from(response.content);
    outgoing.writeHead(response.status, { ...all, "content-length": body.length }).end(body);
    return;
  }
  outgoing.writeHead(response.status, all);
  if (response.body) await pipe(response.body, outgoing);
  outgoing.end();
}

/** A slow reader holds back the stream; one that leaves ends it. */
async function pipe(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  outgoing.flushHeaders();
  const reader = body.getReader();
  let hasLeft = outgoing.closed;
  let wake = () => {};
  outgoing.on("drain", () => wake());
  outgoing.once("close", () => {
    hasLeft = true;
    wake();
    // Its end is awaited below by the read that is open.
    reader.cancel().catch(() => {});
  });
  while (!hasLeft) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!outgoing.write(value))
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (hasLeft) resolve();
      });
  }
}
