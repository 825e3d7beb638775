import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { TIERS } from "../tier";
import { ALL_MUTANTS, chooseMutants } from "./all-mutants";

const root = path.resolve(import.meta.dirname, "../../../..");

it.each(ALL_MUTANTS.map((mutant) => [mutant.name, mutant] as const))("%s fits the tree", (_name, mutant) => {
  const text = readFileSync(path.join(root, mutant.file), "utf8");
  expect(text.split(mutant.find)).toHaveLength(2);
  expect(mutant.replace).not.toBe(mutant.find);
  expect(mutant.why).not.toBe("");
});

it("has at least 36, each with a name of its own, and some for every tier", () => {
  expect(ALL_MUTANTS.length).toBeGreaterThanOrEqual(36);
  expect(new Set(ALL_MUTANTS.map((mutant) => mutant.name)).size).toBe(ALL_MUTANTS.length);
  for (const tier of TIERS) expect(chooseMutants([], [tier]).length).toBeGreaterThanOrEqual(8);
});

it("changes no file of the production build for the tier that shares it", () => {
  for (const { file } of chooseMutants([], ["system"])) expect(file).toMatch(/^runner\/(?!protocol)/);
});

it("chooses by name, and says which name nobody has", () => {
  expect(chooseMutants(["no-run-lock"]).map((mutant) => mutant.name)).toEqual(["no-run-lock"]);
  expect(() => chooseMutants(["no-run-lock", "perfect"])).toThrow("There is no mutant perfect.");
});
