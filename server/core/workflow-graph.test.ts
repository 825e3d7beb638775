import { expect, test } from "vitest";
import { findCycles, measure } from "./workflow-graph";

const graph = (text: Record<string, string>) =>
  new Map(Object.entries(text).map(([key, needs]) => [key, needs.split(" ").filter(Boolean)]));

test.each<[string, Record<string, string>, string[][]]>([
  ["no cycle", { a: "", b: "a", c: "a b" }, []],
  ["a circle of three", { a: "b", b: "c", c: "a" }, [["a", "b", "c"]]],
  ["what is before and behind a cycle is not in it", { x: "", a: "x b", b: "a", y: "b" }, [["a", "b"]]],
  [
    "two cycles",
    { a: "b", b: "a", c: "d b", d: "c" },
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "a cycle whose first need leads elsewhere",
    { p: "q", q: "p", a: "p b", b: "c", c: "a" },
    [
      ["p", "q"],
      ["a", "b", "c"],
    ],
  ],
  ["the shortest way around", { a: "b c", b: "c", c: "a" }, [["a", "c"]]],
])("%s", (_title, needs, cycles) => {
  expect(findCycles(graph(needs)).toSorted()).toEqual(cycles.toSorted());
});

test("stats of a diamond", () => {
  const steps = [...graph({ a: "", b: "a", c: "a", d: "b c" })].map(([key, needs]) => ({ key, needs }));
  expect(measure(steps)).toEqual({ steps: 4, edges: 4, depth: 3, width: 2 });
});
