import type { Sent } from "./sent";

const END = "\r\n";

type Wire = (sent: Sent, head: (extra: string[]) => string) => { bytes: Buffer; next: "wait" | "end" | "destroy" };

const length = (sent: Sent, more = 0) => `content-length: ${Math.max(0, sent.body.length + more)}`;
const after = (head: string, ...bodies: (Buffer | string)[]) =>
  Buffer.concat([Buffer.from(head, "latin1"), ...bodies.map((body) => Buffer.from(body as string))]);
const half = ({ body }: Sent) => body.subarray(0, Math.floor(body.length / 2));
const chunk = (body: Buffer) => Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from(END)]);
const withLine =
  (line: string): Wire =>
  (sent, head) => ({
    bytes: after(head([length(sent), line]), sent.body),
    next: "wait",
  });
const insteadOfFirst =
  (line: string): Wire =>
  (sent, head) => ({
    bytes: after(head([length(sent)]).replace(/^[^\r]*/, line), sent.body),
    next: "end",
  });

/** The ways in which a request goes over a socket, most of them wrong; `end` and `destroy` are what the client does next. */
const ALL: Record<string, Wire> = {
  whole: (sent, head) => ({ bytes: after(head([length(sent)]), sent.body), next: "wait" }),
  "cut and ended": (sent, head) => ({ bytes: after(head([length(sent)]), half(sent)), next: "end" }),
  "cut and gone": (sent, head) => ({ bytes: after(head([length(sent)]), half(sent)), next: "destroy" }),
  "head cut": (sent, head) => ({ bytes: after(head([length(sent)]).slice(0, -9)), next: "end" }),
  "length too long": (sent, head) => ({ bytes: after(head([length(sent, 10)]), sent.body), next: "end" }),
  "length too short": (sent, head) => ({ bytes: after(head([length(sent, -5)]), sent.body), next: "wait" }),
  "length missing": (sent, head) => ({ bytes: after(head([]), sent.body), next: "end" }),
  "length negative": (sent, head) => ({ bytes: after(head(["content-length: -1"]), sent.body), next: "end" }),
  "two lengths": (sent, head) => ({ bytes: after(head([length(sent), length(sent, 1)]), sent.body), next: "end" }),
  "length and chunks": (sent, head) => ({
    bytes: after(head([length(sent), "transfer-encoding: chunked"]), chunk(sent.body), `0${END}${END}`),
    next: "end",
  }),
  chunks: (sent, head) => ({
    bytes: after(
      head(["transfer-encoding: chunked"]),
      ...(sent.body.length > 0 ? [chunk(sent.body)] : []),
      `0${END}${END}`,
    ),
    next: "wait",
  }),
  "chunks cut": (sent, head) => ({
    bytes: after(head(["transfer-encoding: chunked"]), chunk(Buffer.concat([sent.body, Buffer.from(" ")]))),
    next: "end",
  }),
  "chunks junk": (sent, head) => ({
    bytes: after(head(["transfer-encoding: chunked"]), "zz\r\n", sent.body, "-1\r\n\r\n"),
    next: "end",
  }),
  "header huge": withLine(`x-huge: ${"x".repeat(100_000)}`),
  "header many": withLine(Array.from({ length: 3_000 }, (_, n) => `x-${n}: 1`).join(END)),
  "header NUL": withLine("x-nul: a\0b"),
  "header bytes": withLine("x-bytes: \xff\xfe\x80"),
  "header folded": withLine("x-folded: a\r\n b"),
  "header nameless": withLine(": x"),
  "host bad": withLine("host: ]bad["),
  "host with spaces": withLine("host: a b"),
  "method TRACE": insteadOfFirst("TRACE /api/v1/workflow-runs HTTP/1.1"),
  "method CONNECT": insteadOfFirst("CONNECT example.com:443 HTTP/1.1"),
  "method unknown": insteadOfFirst("MAKE /api/v1/workflow-runs HTTP/1.1"),
  "path absolute": insteadOfFirst("POST http://127.0.0.1:1/api/v1/workflow-runs HTTP/1.1"),
  "path *": insteadOfFirst("OPTIONS * HTTP/1.1"),
  "path //": insteadOfFirst("POST //[ HTTP/1.1"),
  "path bytes": insteadOfFirst("POST /api/v1/workflow-runs/\xff\xfe/abort HTTP/1.1"),
  "path escapes": insteadOfFirst("POST /api/v1/workflow-runs/%c0%80%/abort?%=%zz HTTP/1.1"),
  "version 0.9": insteadOfFirst("POST /api/v1/workflow-runs"),
  "not HTTP": insteadOfFirst("\x16\x03\x01\x02\x00"),
};
export const WIRES = Object.keys(ALL);

/** What a client writes to its socket, and whether it then waits, ends its side or is gone. */
export function onTheWire(sent: Sent): ReturnType<Wire> {
  const own = ["content-length", "transfer-encoding", "connection", "expect"];
  const head = (extra: string[]) => {
    // A second Host would be refused by Node before any of ours is reached.
    const host = extra.some((line) => line.startsWith("host:"));
    const lines = sent.headers
      .filter(([name]) => !own.includes(name) && !(host && name === "host"))
      .map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n\0]/g, " ")}`);
    const target = sent.path.replaceAll(/[\s#]/g, "%20");
    return [`${sent.method} ${target} HTTP/1.1`, ...lines, ...extra, "connection: close", "", ""].join(END);
  };
  const wire = ALL[sent.wire];
  if (!wire) throw new Error(`${sent.wire} is no way over a socket`);
  return wire(sent, head);
}
