import { spawn } from "node:child_process";
import path from "node:path";
import { checkNode, installDependencies, withCheckout } from "./setup.mjs";
import { runMain } from "./shutdown.mjs";

const root = path.resolve(import.meta.dirname, "../..");

// Only Node is imported here: on a fresh clone there is nothing else yet.
await runMain(async () => {
  checkNode();
  await withCheckout(root, () => installDependencies(root));
  const args = ["--import", "tsx", path.join(root, "server/start/example.ts"), ...process.argv.slice(2)];
  // Started in the folder of the checkout, where tsx is; files are named as the person who typed them meant it.
  const env = { ...process.env, SWITCHYARD_EXAMPLE_FROM: process.env.INIT_CWD ?? process.cwd() };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  // The terminal's Ctrl-C reaches the child as well; it ends in order and we with it.
  process.on("SIGINT", () => {});
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
});
