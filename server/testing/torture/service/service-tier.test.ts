import { expect, it } from "vitest";
import type { Failure } from "../tier";
import { serviceTier } from "./service-tier";

const SCHEDULES = 150;
/** A machine that is busy with other things does fewer. */
const AT_MOST_MS = 40_000;

it("keeps every promise while requests are lost, runners fall silent and web processes are stopped", {
  timeout: 180_000,
}, async () => {
  const failures: Failure[] = [];
  const done = await serviceTier({ databaseUrl: process.env.DATABASE_URL ?? "" }).run({
    seed: 20_261_127,
    first: 0,
    count: SCHEDULES,
    until: performance.now() + AT_MOST_MS,
    onFailure: (failure) => {
      failures.push(failure);
      return false;
    },
  });
  expect(failures).toEqual([]);
  expect(done).toBeGreaterThan(0);
});
