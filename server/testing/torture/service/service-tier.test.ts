import { expect, it } from "vitest";
import { say } from "../../../start/progress.mjs";
import type { Failure } from "../tier";
import { serviceTier } from "./service-tier";

/** Among its first schedules one stops a web process and one stops both. */
const SEED = 702;
const SCHEDULES = 100;
const AT_MOST_MS = 25_000;
/** Even where the machine is busy with other things; one that is not does all of them. */
const SCHEDULES_MIN = 10;

it("keeps every promise while requests are lost, runners fall silent and web processes are stopped", {
  timeout: 180_000,
}, async () => {
  const failures: Failure[] = [];
  const startedAt = performance.now();
  const done = await serviceTier({ databaseUrl: process.env.DATABASE_URL ?? "" }).run({
    seed: SEED,
    first: 0,
    count: SCHEDULES,
    until: startedAt + AT_MOST_MS,
    onFailure: (failure) => {
      failures.push(failure);
      return false;
    },
  });
  say(`service tier: ${done} schedules in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  expect(failures.map(({ violations, story }) => [...violations, ...story].join("\n"))).toEqual([]);
  expect(done).toBeGreaterThanOrEqual(SCHEDULES_MIN);
});
