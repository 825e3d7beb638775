import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockOwner, tryLock, waitForLock } from "./lock.mjs";

const lockModule = path.resolve("server/start/lock.mjs");
let dir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "switchyard-lock-"));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

/** Another process that takes the lock and keeps it; says `held` or `refused`. */
async function holder(): Promise<{ child: ChildProcess; word: string }> {
  const script = `import { tryLock } from ${JSON.stringify(lockModule)};
    process.stdout.write(tryLock(${JSON.stringify(dir)}) ? "held" : "refused");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [data] = await once(child.stdout, "data");
  return { child, word: String(data) };
}

test("one process holds it, another is refused until it is given back", async () => {
  const release = tryLock(dir);
  expect(release).not.toBeNull();
  expect(lockOwner(dir)).toBe(process.pid);
  expect((await holder()).word).toBe("refused");
  release?.();
  expect((await holder()).word).toBe("held");
});

test("a kill -9 does not leave it behind", async () => {
  const { child, word } = await holder();
  expect(word).toBe("held");
  expect(tryLock(dir)).toBeNull();
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(tryLock(dir)).not.toBeNull();
});

test("a pid that now belongs to another process does not count", () => {
  writeFileSync(path.join(dir, "7"), JSON.stringify({ pid: process.pid, startedAt: "earlier" }));
  expect(tryLock(dir)).not.toBeNull();
});

test("a half-written file does not count", () => {
  writeFileSync(path.join(dir, "3"), '{"pid":');
  expect(tryLock(dir)).not.toBeNull();
});

test("whoever waits gets it, and is told once that there is something to wait for", async () => {
  const release = tryLock(dir);
  let told = 0;
  const waiting = waitForLock(dir, () => {
    told++;
  });
  release?.();
  (await waiting)();
  expect(told).toBe(1);
});

test("of many processes at once exactly one gets it, also after a killed one", async () => {
  const first = await holder();
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const words = (await Promise.all(Array.from({ length: 8 }, holder))).map(({ word }) => word);
  expect(words.filter((word) => word === "held")).toHaveLength(1);
});
