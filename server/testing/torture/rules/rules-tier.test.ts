import { expect, it } from "vitest";
import { TASK_STATUSES } from "../../../core/status";
import { nextStatus, TASK_CHANGES } from "../../../core/transitions";
import type { Failure } from "../tier";
import { modelNext } from "./model-table";
import { runRulesSchedule } from "./rules-schedule";
import { rulesTier } from "./rules-tier";

it.each([1, 2, 3])("the core does what the model does in 1,000 schedules (seed %i)", async (seed) => {
  const failures: Failure[] = [];
  const onFailure = (failure: Failure) => failures.push(failure) < 3;
  const order = { seed, first: 0, count: 1_000, until: Number.POSITIVE_INFINITY, onFailure };
  expect(await rulesTier().run(order)).toBe(1_000);
  expect(failures).toEqual([]);
});

it("has one table of transitions, written down twice", () => {
  for (const status of TASK_STATUSES)
    for (const change of TASK_CHANGES)
      expect([status, change, nextStatus(status, change)]).toEqual([status, change, modelNext(status, change)]);
});

it("does the same again for the same seed and schedule", () => {
  expect(runRulesSchedule(7, 12)).toEqual(runRulesSchedule(7, 12));
});

it("begins no schedule after its time", async () => {
  const order = { seed: 1, first: 0, count: 10, until: performance.now() - 1, onFailure: () => true };
  expect(await rulesTier().run(order)).toBe(0);
});
