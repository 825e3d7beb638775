import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chooseMutants } from "./all-mutants";
import { applyMutant } from "./mutant";
import { copySources } from "./scratch-copy";
import { tortureCopy } from "./torture-copy";

const root = path.resolve(import.meta.dirname, "../../../..");
const scratch = mkdtempSync(path.join(os.tmpdir(), "switchyard-mutants-"));
const copy = path.join(scratch, "copy");
const order = { tier: "rules", seed: 1, minutes: 0.02, databaseUrl: null } as const;

beforeAll(() => copySources(root, copy));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it("finds nothing in a copy without a bug", async () => {
  const outcome = await tortureCopy(copy, order);
  expect(outcome).toMatchObject({ violations: [], broken: null });
  expect(outcome.schedules).toBeGreaterThan(0);
});

it.each(["late-report-revives", "two-parents-count-once"])("finds %s", async (name) => {
  const [mutant] = chooseMutants([name]);
  if (!mutant) throw new Error(`there is no ${name}`);
  const takeOut = applyMutant(copy, mutant);
  const found = await tortureCopy(copy, { ...order, minutes: 0.5 });
  expect(found.violations).not.toEqual([]);
  expect(found.broken).toBeNull();
  takeOut();
  expect(() => applyMutant(copy, mutant)).not.toThrow();
});
