import http from "node:http";

/**
 * Calls Switchyard's REST interface over connections that are kept: sends and reads JSON, throws for anything but 2xx.
 * @param {{ port: number, token: string }} server
 */
export function apiClient({ port, token }) {
  const agent = new http.Agent({ keepAlive: true, noDelay: true });
  const api = (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body = undefined) =>
    new Promise((/** @type {(answer: any) => void} */ resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        ...(text === "" ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      };
      const options = { host: "127.0.0.1", port, path: `/api/v1${path}`, method, agent, headers };
      const request = http.request(options, (response) => {
        /** @type {Buffer[]} */
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const answer = Buffer.concat(parts).toString();
          const status = response.statusCode ?? 0;
          if (status < 200 || status >= 300)
            reject(new Error(`${method} ${path} answered ${status}: ${answer.slice(0, 500)}`));
          else resolve(answer === "" ? null : JSON.parse(answer));
        });
      });
      request.on("error", reject);
      request.end(text);
    });
  return { api, close: () => agent.destroy() };
}
