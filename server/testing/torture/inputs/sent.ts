/** A request as it goes out, and what may come of it. */
export interface Sent {
  method: string;
  /** Path and query as they are written. */
  path: string;
  headers: [name: string, value: string][];
  body: Buffer;
  /** `direct`: handed to the handler; `torn`: its body breaks off there; anything else: over a socket, in this manner. */
  wire: string;
  /** What was done to it. */
  changes: string[];
  /** Whose token or session it carries; `weak` may only read, `bad` is nobody's. */
  identity: "ours" | "theirs" | "weak" | "bad";
  /** It names what its sender's team does not have, so it must not be accepted. */
  isForeign: boolean;
}

export interface Answered {
  /** 0: the connection ended without an answer. */
  status: number;
  contentType: string;
  requestId: string;
  text: string;
  /** Whether our handler gave it, rather than Node's HTTP server. */
  isOurs: boolean;
}

const SHOWN = 2_000;

/** One line of JSON with which the request can be sent again; long parts are cut. */
export function describe({ method, path, headers, body, wire, changes }: Sent): string {
  const text = body.toString("utf8");
  const isText = Buffer.from(text).equals(body);
  const shown = isText ? { body: cut(text) } : { body_base64: cut(body.toString("base64")) };
  const short = headers.map(([name, value]) => `${name}: ${value.slice(0, 300)}`);
  return JSON.stringify({ method, path: cut(path), headers: short, ...shown, bytes: body.length, wire, changes });
}

function cut(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`;
}
