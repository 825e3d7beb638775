import { existsSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { isZombie, startedAt } from "./process-table.mjs";

/** No process has this id: it is above what any kernel gives out. */
const NOBODYS_PID = 4_999_999;

/**
 * What postmaster.pid says, checked against the process table; null without such a file.
 * @param {string} data
 */
export function readPostmaster(data) {
  const file = path.join(data, "postmaster.pid");
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  return {
    pid,
    port: Number(lines[3]),
    isAlive: startedAt(pid) !== null,
    isZombie: isZombie(pid),
    isReady: lines[7]?.trim() === "ready",
  };
}

/**
 * Whether the server in this folder runs and takes connections.
 * @param {string} data
 */
export async function isUp(data) {
  const port = readPostmaster(data)?.port;
  return isRunning(data) && port !== undefined && (await accepts(port));
}

/**
 * Whether the server in this folder runs and has said that it is ready.
 * @param {string} data
 */
export function isRunning(data) {
  const postmaster = readPostmaster(data);
  return postmaster?.isAlive === true && postmaster.isReady;
}

/**
 * A killed daemon can stay in the process table when nobody collects it; PostgreSQL then takes it for a running server
 * and refuses to start. Only the pid is replaced: the shared memory named in the file is still checked, so that a new
 * server waits for what is left of the old one.
 * @param {string} data
 */
export function disownZombie(data) {
  const file = path.join(data, "postmaster.pid");
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, [String(NOBODYS_PID), ...lines.slice(1)].join("\n"));
}

/** @param {number} port @returns {Promise<boolean>} */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
