import { describe, expect, test } from "vitest";
import { logEntries } from "./load/log-text.mjs";
import { parseAnswer } from "./load/raw-connection.mjs";
import { fan, layered, wide } from "./load/shapes.mjs";

type Steps = Record<string, { needs?: string[] }>;
const needsOf = (definition: { steps: object }) =>
  Object.values(definition.steps as Steps).map(({ needs }) => needs ?? []);

describe("an HTTP answer in bytes", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

  test("is complete when the announced length is there, counted in bytes", () => {
    const whole = Buffer.from(`${head}Content-Length: 4\r\n\r\n"é"`);
    expect(parseAnswer(whole)).toEqual({ status: 200, body: '"é"' });
    for (let size = 0; size < whole.length; size++) expect(parseAnswer(whole.subarray(0, size))).toBeNull();
  });

  test("is put together from chunks, and complete only with the last one", () => {
    const whole = Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n`);
    expect(parseAnswer(whole)).toEqual({ status: 200, body: '{"a":1}' });
    for (let size = 0; size < whole.length; size++) expect(parseAnswer(whole.subarray(0, size))).toBeNull();
  });
});

describe("shapes", () => {
  test("wide: nothing needs anything", () => {
    expect(needsOf(wide("w", 3))).toEqual([[], [], []]);
  });

  test("layered: each step behind the first layer needs two different ones of the layer above", () => {
    const needs = needsOf(layered("l", 1_000));
    expect(needs).toHaveLength(1_000);
    expect(needs.slice(0, 250).every((list) => list.length === 0)).toBe(true);
    for (const [n, list] of needs.entries()) {
      const layers = list.map((key) => Math.floor(Number(key.slice(1)) / 250));
      if (n >= 250) expect(layers).toEqual([Math.floor(n / 250) - 1, Math.floor(n / 250) - 1]);
      expect(new Set(list).size).toBe(list.length);
    }
  });

  test("fan: one, all but two, one", () => {
    expect(needsOf(fan("f", 4))).toEqual([[], ["t0"], ["t0"], ["t1", "t2"]]);
  });
});

test("log entries hold whole lines of 80 to 120 bytes, about 64 KB together", () => {
  for (const { seq, text } of logEntries({ firstSeq: 7, count: 3 })) {
    expect(seq).toBeGreaterThanOrEqual(7);
    expect(text.length).toBeGreaterThan(64_000 - 121);
    expect(text.endsWith("\n")).toBe(true);
    for (const line of text.trimEnd().split("\n")) {
      expect(Buffer.byteLength(line) + 1).toBeGreaterThanOrEqual(80);
      expect(Buffer.byteLength(line) + 1).toBeLessThanOrEqual(120);
    }
  }
});
