import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bench, makeBench, until } from "./testing/start-runner";

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const entriesOf = (id: string) => bench.server.logs.get(id) ?? [];
const isNumbered = (id: string) => entriesOf(id).every((entry, index) => entry.seq === index + 1);

test("stdout and stderr arrive in the order in which they were written", async () => {
  bench.start();
  const id = bench.server.give("for i in $(seq 300); do echo out$i; echo err$i >&2; done; echo last > /dev/stderr");
  const expected = `${Array.from({ length: 300 }, (_, index) => `out${index + 1}\nerr${index + 1}\n`).join("")}last\n`;
  await until(() => bench.server.text(id).includes("last"), "the log");
  expect(bench.server.text(id)).toBe(expected);
  expect(isNumbered(id)).toBe(true);
});

test("text of many scripts, written a byte at a time, is never cut inside a character; broken bytes become U+FFFD", async () => {
  bench.start();
  const text = "añb→€漢字🙂👩‍👩‍👧\n";
  const id = bench.server.give(
    `node -e '
      const fs = require("node:fs");
      for (const byte of Buffer.from(process.env.TEXT)) { fs.writeSync(1, Buffer.from([byte])); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15); }
      fs.writeSync(1, Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xe2, 0x82]));
    '`,
    { env: { TEXT: text } },
  );
  await until(() => bench.server.end(id), "the end");
  await until(() => bench.server.text(id) === `${text}a\ufffdb\n\ufffd`, "the log");
  expect(entriesOf(id).length).toBeGreaterThan(2);
});

test("50 MB of output: the first megabyte is kept, one line tells the rest, and the step is not slowed down", async () => {
  bench.start([], { SWITCHYARD_LOG_MAX_BYTES: String(2 ** 20) });
  const id = bench.server.give("head -c 50000000 /dev/zero | tr '\\0' x; echo; echo done > result; exit 3");
  expect(await until(() => bench.server.end(id), "the end")).toMatchObject({ status: "failed", exit_code: 3 });
  await until(() => entriesOf(id).some((entry) => entry.stream === "system"), "the line about the rest");
  const kept = entriesOf(id).filter((entry) => entry.stream === "stdout");
  expect(kept.map((entry) => entry.text).join("")).toBe("x".repeat(2 ** 20));
  const notes = entriesOf(id).filter((entry) => entry.stream === "system");
  expect(notes.map((entry) => entry.text)).toEqual([
    `The output is longer than 1048576 bytes: the last ${50_000_001 - 2 ** 20} bytes were dropped.\n`,
  ]);
  expect(isNumbered(id)).toBe(true);
  for (const body of bench.server.logRequests) expect(Buffer.byteLength(body)).toBeLessThan(600 * 1024);
});

test("the limit never shows half a character", async () => {
  bench.start([], { SWITCHYARD_LOG_MAX_BYTES: "10" });
  const id = bench.server.give("printf '€€€€€€'");
  await until(() => entriesOf(id).some((entry) => entry.stream === "system"), "the line about the rest");
  expect(entriesOf(id)[0]?.text).toBe("€€€");
});

test("output is seen while the step runs, and the end does not wait for a log that cannot be delivered", async () => {
  bench.start();
  const early = bench.server.give("echo early; sleep 1000");
  await until(() => bench.server.text(early) === "early\n", "the early line");
  expect(bench.server.end(early)).toBeUndefined();
  let isLogDown = true;
  bench.server.logFault = () => (isLogDown ? { status: 503 } : null);
  const id = bench.server.give("echo late");
  expect(await until(() => bench.server.end(id), "the end")).toMatchObject({ status: "success" });
  expect(bench.server.text(id)).toBe("");
  isLogDown = false;
  await until(() => bench.server.text(id) === "late\n", "the log");
});

test("log requests that are lost, reset, or refused as too large lose and repeat nothing", async () => {
  bench.start();
  let requests = 0;
  bench.server.logFault = (_id, entries) => {
    requests += 1;
    if (entries > 1) return { status: 413 };
    const faults = ["lose-answer", "reset", { status: 502, body: "<html>" }, { status: 429 }, null, null] as const;
    return faults[requests % faults.length] ?? null;
  };
  const id = bench.server.give(
    "for i in $(seq 2000); do echo line $i; if [ $((i % 400)) = 0 ]; then sleep 0.3; fi; done",
  );
  const expected = Array.from({ length: 2000 }, (_, index) => `line ${index + 1}\n`).join("");
  await until(() => bench.server.text(id).length >= expected.length, "the log", 40_000);
  expect(bench.server.text(id)).toBe(expected);
  expect(requests).toBeGreaterThan(5);
});

test("a piece that the server refuses on its own is left out with a note, and the rest arrives", async () => {
  bench.start();
  bench.server.logFault = (_id, _entries, text) => (text.includes("unwanted") ? { status: 422 } : null);
  const id = bench.server.give("echo before; sleep 0.3; echo unwanted; sleep 0.3; echo after");
  await until(() => bench.server.text(id).includes("after"), "the log");
  expect(bench.server.text(id)).toMatch(/^before\nA piece of the output is missing here.*\nafter\n$/);
});

test("output that a killed runner had not delivered is delivered by the next one", async () => {
  const first = bench.start();
  bench.server.logFault = () => ({ status: 503 });
  const id = bench.server.give("echo one; sleep 0.2; echo two");
  await until(() => bench.server.end(id), "the end");
  first.child.kill("SIGKILL");
  await first.exited;
  bench.server.logFault = () => null;
  bench.start();
  await until(() => bench.server.text(id) === "one\ntwo\n", "the log");
  expect(bench.server.statuses(id)).toEqual(["running", "success"]);
});
