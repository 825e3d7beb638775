import net from "node:net";

/**
 * Why nobody can listen there, or null when one can.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<NodeJS.ErrnoException | null>}
 */
export function whyNotFree(host, port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", resolve);
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}

/**
 * The first port from `from` on where one can listen.
 * @param {string} host
 * @param {number} from
 */
export async function freePort(host, from) {
  for (let port = from; port < from + 500; port++) if ((await whyNotFree(host, port)) === null) return port;
  throw new Error(`no port from ${from} to ${from + 499} is free`);
}
