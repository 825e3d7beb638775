import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { runCampaign } from "./campaign";
import { Progress } from "./progress";
import { ResumeFile } from "./resume-file";
import type { Tier, TierOrder } from "./tier";

const dir = mkdtempSync(path.join(os.tmpdir(), "switchyard-resume-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const campaign = { seed: 4, tiers: ["rules"], minutes: null, schedule: null, untilFailure: false } as const;

/** A tier that only counts, and finds something in schedule 3. */
function countingTier(orders: TierOrder[]): Tier {
  return {
    name: "rules",
    run: async (order) => {
      orders.push(order);
      for (let schedule = order.first; schedule < order.first + order.count; schedule += 1)
        if (schedule === 3) order.onFailure({ tier: "rules", seed: 4, schedule, violations: ["wrong"], story: [] });
      return order.count;
    },
  };
}

it("goes on behind what a file has done, and adds to it", async () => {
  const file = path.join(dir, "resume.json");
  const orders: TierOrder[] = [];
  const heard: number[] = [];
  const call = (schedules: number) =>
    runCampaign({ ...campaign, schedules }, async () => countingTier(orders), {
      done: new ResumeFile(file),
      progress: new Progress(),
      onFailure: (failure) => heard.push(failure.schedule),
    });
  const first = await call(5);
  const second = await call(2_500);
  expect(first[0]).toMatchObject({ tier: "rules", schedules: 5, failures: [{ schedule: 3 }] });
  expect(second[0]).toMatchObject({ schedules: 2_500, failures: [] });
  expect(orders.map((order) => [order.first, order.count])).toEqual([
    [0, 5],
    [5, 2_500],
  ]);
  expect(heard).toEqual([3]);
  const parts = new ResumeFile(file).parts();
  expect(parts).toEqual([expect.objectContaining({ tier: "rules", seed: 4, schedules: 2_505, failed: [3] })]);
  expect(readdirSync(dir)).toEqual(["resume.json"]);
});

it("keeps a replay out of the file", async () => {
  const file = path.join(dir, "untouched.json");
  const orders: TierOrder[] = [];
  await runCampaign({ ...campaign, schedules: null, schedule: 3 }, async () => countingTier(orders), {
    done: new ResumeFile(file),
    progress: new Progress(),
    onFailure: () => {},
  });
  expect(orders.map((order) => [order.first, order.count])).toEqual([[3, 1]]);
  expect(readdirSync(dir)).not.toContain("untouched.json");
});

it("refuses a file that it has not written, and leaves it", () => {
  const file = path.join(dir, "other.json");
  writeFileSync(file, `{"version":1}`);
  expect(() => new ResumeFile(file)).toThrow("no file that --resume has written");
  expect(readFileSync(file, "utf8")).toBe(`{"version":1}`);
});
