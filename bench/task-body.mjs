import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The work of a task, the same code for every side: `noop`, `fibo` (fibo(10)), `spawn` (a process `bash -c true`), or
 * `sleep:<name>`, which takes `sleeps[kind][task]` milliseconds.
 * @param {string} kind
 * @param {number} task
 * @param {{ [kind: string]: number[] }} sleeps
 */
export async function doTask(kind, task, sleeps) {
  if (kind === "noop") return;
  if (kind === "fibo") fibonacci(10);
  else if (kind === "spawn") await runTrue();
  else if (sleeps[kind]) await sleep(sleeps[kind][task]);
  else throw new Error(`there is no task of the kind ${kind}`);
}

/** @param {number} n @returns {number} */
function fibonacci(n) {
  return n <= 1 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/** @returns {Promise<void>} */
function runTrue() {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", "true"], { stdio: "ignore" });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`bash ended with ${code}`))));
  });
}
