import { expect, test } from "vitest";
import type { Failure } from "../tier";
import { makePlan } from "./plan";
import { systemTier } from "./system-tier";

/** Its first schedules have the faults that find most. */
const SEED = 58_036;
const COUNT = 5;
const LANES = 3;

test("the short form has a fault of each kind", () => {
  const plans = Array.from({ length: COUNT }, (_plan, schedule) => makePlan(SEED, schedule));
  const kinds = new Set(plans.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  const found = ["abort", "cut", "drain-runner", "full-disk", "kill-postgres", "kill-runner", "kill-web", "swallow"];
  expect([...kinds].toSorted()).toEqual(found);
});

test("nothing that happens to the processes makes a run, its log or its processes wrong", async () => {
  const failures: Failure[] = [];
  const onFailure = (failure: Failure) => failures.push(failure) > 0;
  const done = await systemTier(LANES).run({
    seed: SEED,
    first: 0,
    count: COUNT,
    until: Number.POSITIVE_INFINITY,
    onFailure,
  });
  expect(failures.map(({ violations, story }) => [...violations, ...story].join("\n"))).toEqual([]);
  expect(done).toBe(COUNT);
}, 300_000);
