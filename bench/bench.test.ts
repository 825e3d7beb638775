import { describe, expect, test } from "vitest";
import { chainDag, type Dag, fanDag, independentDag, meshDag, needCounts } from "./dag.mjs";
import { readOptions } from "./options.mjs";
import { atSpeed } from "./recorded-graphs.mjs";
import type { Row } from "./row.mjs";
import { greedyMs, lowerBoundMs } from "./schedule.mjs";
import { isAtLeast, isAtMost } from "./sides.mjs";
import { median, quantile } from "./statistics.mjs";
import { summarize } from "./summary.mjs";
import { linesOf, renderTable } from "./table.mjs";
import { descendants } from "./tree-cpu.mjs";

describe("statistics", () => {
  test("a median lies between the two in the middle, whatever the order", () => {
    expect(median([9, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  test("a quantile is interpolated", () => {
    expect(quantile([0, 10, 20, 30, 40], 0.99)).toBeCloseTo(39.6);
    expect(quantile([7], 0.99)).toBe(7);
  });
});

describe("graphs", () => {
  test("a fan has one task before all and one behind all", () => {
    expect(needCounts(fanDag(3))).toEqual([0, 1, 1, 1, 3]);
  });

  test("the mesh is always the same: 160 tasks in 8 layers, none of the first needs anything", () => {
    const mesh = meshDag();
    const needs = needCounts(mesh);
    expect([mesh.n, mesh.edges.length, needs.filter((count) => count === 0).length]).toEqual([160, 286, 20]);
    expect(mesh).toEqual(meshDag());
  });
});

describe("schedules", () => {
  const timed = (dag: Dag, sleeps: number[]): Dag => ({ ...dag, sleeps });

  test("a chain takes the sum of its tasks on any number of slots", () => {
    const chain = timed(chainDag(3), [10, 20, 30]);
    expect([greedyMs(chain, 1), greedyMs(chain, 8), lowerBoundMs(chain, 8)]).toEqual([60, 60, 60]);
  });

  test("independent tasks are taken in order by the slot that is free first", () => {
    const tasks = timed(independentDag(4), [30, 10, 10, 10]);
    expect(greedyMs(tasks, 2)).toBe(30);
    expect(greedyMs(timed(tasks, [10, 10, 10, 30]), 2)).toBe(40);
    expect(lowerBoundMs(timed(tasks, [10, 10, 10, 30]), 2)).toBe(30);
  });

  test("what became ready first is taken first", () => {
    // 0 -> 2 and 1 -> 3: 1 ends first, so 3 is ready before 2, although 2 is listed before it.
    const dag: Dag = {
      shape: "two",
      n: 5,
      kind: "x",
      edges: [
        [0, 2],
        [1, 3],
      ],
      sleeps: [2, 1, 5, 5, 9],
    };
    // slots: 0 and 1 start; at 1 ms task 4 (ready from the beginning), at 2 ms task 3, at 7 ms task 2.
    expect(greedyMs(dag, 2)).toBe(12);
  });

  test("no greedy schedule of the mesh beats the lower bound", () => {
    for (const slots of [1, 2, 8, 160])
      expect(greedyMs(meshDag(), slots)).toBeGreaterThanOrEqual(lowerBoundMs(meshDag(), slots));
  });

  test("a graph is scaled to the mean that is asked for, or to the time that there is", () => {
    const graph = timed(chainDag(4), [1000, 3000, 2000, 2000]);
    expect(atSpeed(graph, { meanMs: 200, slots: 2, withinMs: 15_000 }).sleeps).toEqual([100, 300, 200, 200]);
    expect(greedyMs(atSpeed(graph, { meanMs: 200, slots: 2, withinMs: 400 }), 2)).toBe(400);
  });
});

describe("options", () => {
  const rows = ["chain", "fan"];

  test("everything is measured three times unless it is said otherwise", () => {
    expect(readOptions([], rows)).toMatchObject({ quick: false, repeats: 3, rows, check: false, json: null });
    expect(readOptions(["--quick"], rows)).toMatchObject({ quick: true, repeats: 1 });
  });

  test("rows and sides are chosen by name and keep their order", () => {
    const options = readOptions(["--rows", "fan,chain", "--sides", "floor,switchyard", "--repeats", "5"], rows);
    expect(options).toMatchObject({ rows: ["chain", "fan"], sides: ["switchyard", "floor"], repeats: 5 });
  });

  test("what nobody can mean is refused with a sentence", () => {
    expect(() => readOptions(["--rows", "chian"], rows)).toThrow("some of chain, fan, not chian");
    expect(() => readOptions(["--repeats", "0"], rows)).toThrow("--repeats takes a number");
    expect(() => readOptions(["--fast"], rows)).toThrow("npm run bench");
  });
});

describe("what is shown", () => {
  const row: Row = {
    name: "chain",
    title: "a chain",
    unit: "ms",
    target: { text: "at most 2 x floor", reached: ({ p50 }) => isAtMost(p50, { floor: 2 }) },
    figures: { p50: { label: "p50", digits: 2 } },
    measure: () => Promise.resolve({ figures: {} }),
  };
  const repeats = [
    { row: "chain", repeat: 0, figures: { p50: { switchyard: 4, floor: 1 } } },
    { row: "chain", repeat: 1, figures: { p50: { switchyard: 20, floor: 10 } } },
    { row: "chain", repeat: 2, figures: { p50: { switchyard: 3, floor: 3 } } },
  ];

  test("ratios are taken within a repeat, then the median", () => {
    const { p50 } = summarize(repeats);
    expect(p50).toEqual({ switchyard: 4, floor: 3, ratios: { floor: 2 } });
  });

  test("a plain number is Switchyard's own", () => {
    const { size } = summarize([{ row: "r", repeat: 0, figures: { size: 7 } }]);
    expect(size).toEqual({ switchyard: 7, ratios: {} });
  });

  test("a target is reached, missed, or cannot be told", () => {
    const { p50 } = summarize(repeats);
    expect([isAtMost(p50, { floor: 2 }), isAtMost(p50, { floor: 1.9 })]).toEqual([true, false]);
    expect([isAtLeast(p50, { floor: 2 }), isAtLeast(p50, { floor: 2.1 })]).toEqual([true, false]);
    expect(isAtMost(p50, { floor: 2, "pg-boss": 1 })).toBeNull();
    expect(isAtMost(undefined, { floor: 2 })).toBeNull();
  });

  test("the table has a line for each figure, with what is to be reached", () => {
    const text = renderTable(linesOf(row, summarize(repeats)));
    const [, , line] = text.split("\n");
    const cells = line?.split("|").map((cell) => cell.trim());
    expect(cells).toEqual([
      "",
      "chain: p50 (ms)",
      ...["4.00", "3.00", "2.00", "-", "-", "-", "-"],
      ...["at most 2 x floor", "yes", ""],
    ]);
    expect(renderTable(linesOf(row, {}))).toContain("not told");
  });
});

test("processor time is that of a process and of all below it", () => {
  const table = [
    { pid: 4, parent: 3 },
    { pid: 3, parent: 1 },
    { pid: 2, parent: 1 },
  ];
  expect([...descendants([3], table)].sort()).toEqual([3, 4]);
});
