import http from "node:http";

/**
 * Sends JSON by POST over connections that stay open, and reads the JSON of the answer; anything but 2xx throws. An
 * address other than loopback makes no sense here.
 * @param {number} port
 * @param {{ sockets: number, token?: string }} options
 */
export function jsonPoster(port, { sockets, token }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: sockets, noDelay: true });
  const auth = token === undefined ? {} : { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const post = (/** @type {string} */ path, /** @type {unknown} */ value) =>
    new Promise((/** @type {(answer: any) => void} */ resolve, reject) => {
      const body = JSON.stringify(value);
      const headers = { ...auth, "content-length": Buffer.byteLength(body) };
      const request = http.request({ host: "127.0.0.1", port, path, method: "POST", agent, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => {
          text += part;
        });
        response.on("error", reject);
        response.on("end", () => {
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(JSON.parse(text));
          else reject(new Error(`${path} answered ${status}: ${text.slice(0, 300)}`));
        });
      });
      request.on("error", reject);
      request.end(body);
    });
  return { post, close: () => agent.destroy() };
}
