import http from "node:http";

/**
 * Gets a path and reads all of it; answers other than 2xx throw.
 * @param {http.Agent} agent
 * @param {{ port: number, path: string, headers: Record<string, string> }} what
 * @returns {Promise<{ body: Buffer, headers: http.IncomingHttpHeaders, ms: number }>}
 */
export function download(agent, { port, path, headers }) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port, path, headers, agent }, (response) => {
      /** @type {Buffer[]} */
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(parts);
        const status = response.statusCode ?? 0;
        if (status < 200 || status >= 300)
          reject(new Error(`GET ${path} answered ${status}: ${body.toString("utf8", 0, 300)}`));
        else resolve({ body, headers: response.headers, ms: performance.now() - start });
      });
    });
    request.on("error", reject);
  });
}
