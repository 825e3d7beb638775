import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { checkNode, generateClient, installDependencies, withCheckout } from "../../start/setup.mjs";
import { runMain } from "../../start/shutdown.mjs";

const root = path.resolve(import.meta.dirname, "../../..");

// Only Node is imported here: on a fresh clone there is nothing else yet.
await runMain(async () => {
  checkNode();
  await withCheckout(root, async () => {
    await installDependencies(root);
    if (!isClientFresh()) await generateClient(root);
  });
  const args = ["--import", "tsx", path.join(root, "server/testing/torture/main.ts"), ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  // The terminal's Ctrl-C reaches the child as well; it ends in order and we with it.
  process.on("SIGINT", () => {});
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
});

function isClientFresh() {
  const client = path.join(root, "server/db/generated/client.ts");
  const schema = path.join(root, "prisma/schema.prisma");
  return existsSync(client) && statSync(client).mtimeMs >= statSync(schema).mtimeMs;
}
