import path from "node:path";
import { onShutdown } from "../server/start/shutdown.mjs";
import { apiClient } from "./api-client.mjs";
import { startDatabase } from "./database.mjs";
import { startProduct } from "./product.mjs";
import { treeCpu } from "./tree-cpu.mjs";

/**
 * Starts what all rows share, one PostgreSQL and Switchyard on it, and has both ended with the command. Gives the part of
 * a row's environment that stays the same.
 * @param {string} root the checkout
 * @param {string} scratch
 */
export async function startEnvironment(root, scratch) {
  const database = await startDatabase(path.join(scratch, "postgres"));
  onShutdown(() => database.stop());
  const product = await startProduct(root, { dataDir: path.join(scratch, "data"), databaseUrl: database.productUrl() });
  onShutdown(() => product.stop());
  const { api, close } = apiClient({ port: product.port, token: product.apiToken });
  onShutdown(close);
  const newRunner = (/** @type {string} */ name) => api("POST", "/runners", { name });
  let runners = 0;
  const shared = {
    api,
    newRunner,
    runnerToken: async () => (await newRunner(`bench ${++runners}`)).token,
    url: product.url,
    port: product.port,
    apiToken: product.apiToken,
    pgUrl: database.pgUrl,
    freshDatabase: database.freshDatabase,
    checkpoint: database.checkpoint,
    pids: () => ({ ...product.pids(), postmaster: database.postmaster() }),
    treeCpu,
  };
  return { shared, postgresVersion: await database.version(), output: product.output };
}
