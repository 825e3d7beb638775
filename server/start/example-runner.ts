import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writePrivate } from "./data-dir.mjs";
import type { Address, ExampleClient } from "./example-client";
import { runnerEnv } from "./local-runner.mjs";
import { say } from "./progress.mjs";
import { onShutdown } from "./shutdown.mjs";
import { superviseChild } from "./supervise.mjs";

const STOP_MS = 10_000;

interface RunnerWanted {
  root: string;
  address: Address;
  client: ExampleClient;
  /** Its name and its only label. */
  label: string;
  slots: number;
}

/** Starts a runner that takes only what asks for its label, and removes it again when the command ends. */
export async function startOwnRunner({ root, address, client, label, slots }: RunnerWanted): Promise<void> {
  const created = await client.call<{ id: string; token: string }>("POST", "/runners", { name: label });
  onShutdown(() => client.lastCall("DELETE", `/runners/${created.id}`));
  const dir = mkdtempSync(path.join(tmpdir(), "switchyard-example-"));
  onShutdown(() => rmSync(dir, { recursive: true, force: true }));
  const tokenFile = path.join(dir, "token");
  writePrivate(tokenFile, created.token);
  const runner = superviseChild({
    name: "runner",
    args: [
      ...["--import", "tsx", "runner/main.ts", "--url", address.url, "--token-file", tokenFile],
      ...["--name", label, "--labels", label, "--slots", String(slots), "--state-dir", path.join(dir, "state")],
    ],
    cwd: root,
    env: runnerEnv(process.env) as NodeJS.ProcessEnv,
    onSpawn: () => {},
    // What a runner says in passing would tear the progress line; what it says of itself when it ends is in its exit.
    onLine: (line) => {
      if (process.env.SWITCHYARD_EXAMPLE_VERBOSE) say(`  runner │ ${line}`);
    },
  });
  onShutdown(() => runner.stop(STOP_MS));
}
