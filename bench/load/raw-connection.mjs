import net from "node:net";

const HEAD_END = "\r\n\r\n";

/**
 * One keep-alive connection that carries one JSON request at a time. It costs a tenth of what `node:http` does, which
 * matters where a thousand clients share the machine with the server that is measured.
 */
export class RawConnection {
  /** @type {net.Socket | null} */
  #socket = null;
  #received = Buffer.alloc(0);
  /** @type {{ resolve: (answer: { status: number, body: string }) => void, reject: (error: Error) => void } | null} */
  #waiting = null;

  /** @param {{ host?: string, port: number, token: string }} to */
  constructor({ host = "127.0.0.1", port, token }) {
    this.to = { host, port };
    this.head = `Host: ${host}:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  }

  /**
   * Sends a request and resolves with its complete answer; rejects when the connection breaks before that.
   * @param {string} path
   * @param {unknown} body
   * @returns {Promise<{ status: number, body: string }>}
   */
  post(path, body) {
    if (this.#waiting) throw new Error("a request is already in flight on this connection");
    const text = JSON.stringify(body);
    const socket = this.#open();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      socket.write(`POST ${path} HTTP/1.1\r\n${this.head}Content-Length: ${Buffer.byteLength(text)}${HEAD_END}${text}`);
    });
  }

  close() {
    this.#socket?.destroy();
  }

  #open() {
    if (this.#socket && !this.#socket.destroyed) return this.#socket;
    const socket = net.connect({ ...this.to, noDelay: true });
    this.#socket = socket;
    this.#received = Buffer.alloc(0);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => {
      if (this.#socket === socket) this.#fail(new Error("the server closed the connection"));
    });
    return socket;
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = parseAnswer(this.#received);
    if (!answer) return;
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(answer);
  }

  /** @param {Error} error */
  #fail(error) {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#socket?.destroy();
    this.#socket = null;
    waiting?.reject(error);
  }
}

/**
 * A complete HTTP/1.1 answer in these bytes, or null while something is missing.
 * @param {Buffer} bytes
 * @returns {{ status: number, body: string } | null}
 */
export function parseAnswer(bytes) {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = bytes.toString("latin1", 0, end);
  const status = Number(head.slice(9, 12));
  const start = end + HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length) {
    const size = Number(length[1]);
    return bytes.length < start + size ? null : { status, body: bytes.toString("utf8", start, start + size) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, body: "" };
  const body = parseChunks(bytes, start);
  return body && { status, body: body.toString("utf8") };
}

/** @param {Buffer} bytes @param {number} start */
function parseChunks(bytes, start) {
  const parts = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return null;
    const size = Number.parseInt(bytes.toString("latin1", at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}
