import { fork } from "node:child_process";

/**
 * Starts a program of this folder that answers messages, so that the load does not share a thread with the one who
 * measures. `ask` resolves with its answer, and rejects when the program ends first.
 * @param {string} file
 */
export function childProgram(file) {
  const child = fork(new URL(file, import.meta.url), [], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let lastId = 0;
  child.on("message", (/** @type {any} */ { id, answer }) => {
    waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  child.on("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended with ${code}`));
    waiting.clear();
  });
  return {
    pid: child.pid,
    /** @param {string} what @param {object} [details] @returns {Promise<any>} */
    ask(what, details = {}) {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child.send({ ask: what, id, ...details });
      });
    },
  };
}
