import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endOrphans, noteChild } from "./children.mjs";
import { isAlive, startedAt } from "./process-table.mjs";
import { backoffMs, superviseChild, superviseDaemon } from "./supervise.mjs";

interface Born {
  pid: number;
  startedAt: string | null;
}

const patient = { timeout: 20_000, interval: 20 };
let dir: string;
let stops: (() => Promise<void>)[];

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "switchyard-supervise-"));
  stops = [];
});

afterEach(async () => {
  for (const stop of stops) await stop();
  rmSync(dir, { recursive: true, force: true });
});

function supervise(script: string, askAgainAfterMs?: number) {
  const born: Born[] = [];
  const lines: string[] = [];
  const child = superviseChild({
    name: "dummy",
    args: ["-e", script],
    cwd: dir,
    env: process.env,
    onSpawn: (record: Born) => born.push(record),
    onLine: (line: string) => lines.push(line),
    ...(askAgainAfterMs === undefined ? {} : { askAgainAfterMs }),
  });
  stops.push(() => child.stop(1_000));
  return { child, born, lines };
}

const STAYS = 'console.log("up"); setInterval(() => {}, 1000);';
const STUBBORN = 'process.on("SIGTERM", () => console.log("asked")); console.log("up"); setInterval(() => {}, 1000);';

test("a child that was killed is started again", async () => {
  const { born, lines } = supervise(STAYS);
  await vi.waitFor(() => expect(lines).toEqual(["up"]), patient);
  process.kill(born[0]?.pid ?? 0, "SIGKILL");
  await vi.waitFor(() => expect(lines).toEqual(["up", "up"]), patient);
  expect(born.map(isAlive)).toEqual([false, true]);
});

test("the pauses grow and stay bounded", () => {
  const pauses = Array.from({ length: 9 }, (_, deaths) => backoffMs(deaths));
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(pauses[0]).toBeLessThan(1_000);
  expect(pauses.at(-1)).toBe(10_000);
});

test("a stopped child is not started again", async () => {
  const { child, born, lines } = supervise(STAYS);
  await vi.waitFor(() => expect(lines).toEqual(["up"]), patient);
  await child.stop(1_000);
  expect(born.map(isAlive)).toEqual([false]);
});

test("a child that does not listen is killed when the time is over", async () => {
  const { child, born, lines } = supervise(STUBBORN);
  await vi.waitFor(() => expect(lines).toEqual(["up"]), patient);
  await child.stop(1_000);
  expect(lines).toEqual(["up", "asked"]);
  expect(born.map(isAlive)).toEqual([false]);
});

test("what it has started in groups of their own dies with it", async () => {
  const { child, lines } = supervise(
    `${STUBBORN} const { spawn } = require("node:child_process");
     console.log(spawn("sleep", ["600"], { detached: true }).pid);`,
    200,
  );
  await vi.waitFor(() => expect(lines).toHaveLength(2), patient);
  const grandchild = Number(lines.find((line) => line !== "up"));
  expect(startedAt(grandchild)).not.toBeNull();
  await child.stop(1_000);
  expect(lines.filter((line) => line === "asked")).toHaveLength(2);
  await vi.waitFor(() => expect(startedAt(grandchild)).toBeNull(), patient);
});

test("stopping does not wait for a pause between restarts", async () => {
  const { child, born } = supervise("process.exit(3)");
  await vi.waitFor(() => expect(born.length).toBeGreaterThanOrEqual(3), patient);
  const before = performance.now();
  await child.stop(1_000);
  expect(performance.now() - before).toBeLessThan(900);
});

test("what a killed start has left running is ended by the next one", async () => {
  const { born, lines } = supervise(STAYS);
  await vi.waitFor(() => expect(lines).toEqual(["up"]), patient);
  const orphan = born[0];
  if (orphan === undefined) throw new Error("nothing was started");
  noteChild(dir, "web", orphan);
  await endOrphans(dir);
  expect(isAlive(orphan)).toBe(false);
});

test("a recorded pid that now belongs to somebody else is left alone", async () => {
  writeFileSync(path.join(dir, "children.json"), JSON.stringify({ web: { pid: process.pid, startedAt: "earlier" } }));
  await endOrphans(dir);
  expect(startedAt(process.pid)).not.toBeNull();
});

test("several children are noted beside each other", () => {
  noteChild(dir, "web", { pid: 1, startedAt: "a" });
  noteChild(dir, "runner", { pid: 2, startedAt: "b" });
  expect(Object.keys(JSON.parse(readFileSync(path.join(dir, "children.json"), "utf8")))).toEqual(["web", "runner"]);
});

test("a daemon that is down is started until it is up", async () => {
  let starts = 0;
  const watch = superviseDaemon({
    name: "dummy",
    isUp: async () => starts >= 3,
    start: async () => {
      if (++starts < 3) throw new Error("not yet");
    },
    everyMs: 10,
  });
  stops.push(watch.stop);
  await vi.waitFor(() => expect(starts).toBe(3), patient);
});
