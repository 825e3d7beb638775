import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseWorkflow } from "../core/workflow-format";
import { lowerBound } from "./example-bound";
import { fromWfFormat, isWfFormat, uniqueKeys } from "./wf-format";

/** From the README beside the recordings: tasks, edges, depth, critical path and work in seconds. */
const RECORDED: Record<string, [tasks: number, edges: number, depth: number, criticalPath: number, work: number]> = {
  "helloworld-chain-5-chameleon.json": [5, 4, 5, 501, 501],
  "helloworld-forkjoin-10-chameleon.json": [10, 16, 3, 307, 1029],
  "bacass-dirt02-001.json": [11, 14, 5, 2150, 3962],
  "scrnaseq-dirt02-001.json": [14, 17, 5, 800, 1374],
  "srasearch-chameleon-10a-001.json": [22, 30, 3, 1006, 6997],
  "sarek-dirt02-001.json": [26, 50, 10, 310, 393],
  "hic-dirt02-001.json": [38, 47, 13, 275, 577],
  "epigenomics-chameleon-hep-1seq-100k-001.json": [41, 48, 9, 105, 539],
  "1000genome-chameleon-2ch-100k-001.json": [52, 76, 3, 205, 2771],
  "montage-chameleon-dss-05d-001.json": [58, 114, 8, 560, 5586],
  "soykb-chameleon-10fastq-10ch-001.json": [96, 194, 11, 2933, 11815],
  "seismology-chameleon-100p-001.json": [101, 100, 2, 2.8, 71.9],
};

const data = path.resolve(import.meta.dirname, "../../../shared/data");
describe.skipIf(!existsSync(data))("recorded workflows (skipped where ../shared/data is not there)", () => {
  const files = existsSync(data) ? readdirSync(data).filter((file) => file.endsWith(".json")) : [];
  test.each(files)("%s becomes a workflow of the same shape and duration", (file) => {
    const recording: unknown = JSON.parse(readFileSync(path.join(data, file), "utf8"));
    expect(isWfFormat(recording)).toBe(true);
    const { definition, steps } = fromWfFormat(recording, { name: file, speed: 1 });
    const parsed = parseWorkflow(definition, "object");
    expect(parsed.problems).toEqual([]);
    const [tasks, edges, depth, criticalPath, work] = RECORDED[file] ?? [];
    expect(parsed.stats).toMatchObject({ steps: tasks, edges, depth });
    const bound = lowerBound(steps, 4);
    const digits = (criticalPath ?? 0) < 10 ? 10 : 1;
    expect(Math.round(bound.criticalPath * digits) / digits).toBe(criticalPath);
    expect(Math.round(bound.work * digits) / digits).toBe(work);
  });
});

test("run times are divided by the speed", () => {
  const recording = {
    workflow: {
      specification: {
        tasks: [
          { id: "a.B_1", parents: [] },
          { id: "b", parents: ["a.B_1", "a.B_1"] },
        ],
      },
      execution: { tasks: [{ id: "a.B_1", runtimeInSeconds: 12.5 }] },
    },
  };
  const { definition, steps } = fromWfFormat(recording, { name: "n", speed: 10 });
  expect(definition.steps).toEqual({
    B_1: { name: "a.B_1", needs: [], run: "sleep 1.250" },
    b: { name: "b", needs: ["B_1"], run: "sleep 0.000" },
  });
  expect(steps[0]).toEqual({ key: "B_1", needs: [], seconds: 1.25 });
});

test("a workflow definition is no recording", () => {
  expect(isWfFormat({ name: "n", steps: { a: { run: "x" } } })).toBe(false);
});

test.each<[ids: string[], keys: string[]]>([
  [
    ["A.B.C_1", "X.C_1"],
    ["C_1", "C_1-2"],
  ],
  [
    ["1st task", "_x", "..."],
    ["t_1st_task", "t__x", "t__"],
  ],
  [
    ["x".repeat(80), `${"x".repeat(80)}y`],
    ["x".repeat(63), `${"x".repeat(61)}-2`],
  ],
])("%j get the keys %j", (ids, keys) => {
  expect([...uniqueKeys(ids).values()]).toEqual(keys);
});

test("the bound is the longer of critical path and work per slot", () => {
  const steps = ["a", "b", "c"].map((key) => ({ key, needs: key === "c" ? ["a"] : [], seconds: 2 }));
  expect(lowerBound(steps, 1)).toEqual({ criticalPath: 4, work: 6, seconds: 6 });
  expect(lowerBound(steps, 8).seconds).toBe(4);
  expect(lowerBound(steps, null).seconds).toBe(4);
});
