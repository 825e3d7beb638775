import { expect, it } from "vitest";
import { readOptions } from "./options";

it("does five minutes of every tier with seed 1 when nothing is said", () => {
  expect(readOptions([])).toMatchObject({
    minutes: 5,
    seed: 1,
    tiers: ["rules", "service", "system"],
    schedules: null,
    schedule: null,
    mutants: null,
    inputs: null,
    untilFailure: false,
  });
});

it("reads values behind a space and behind an equals sign", () => {
  const options = readOptions([
    "--minutes=0.5",
    "--seed",
    "9",
    "--tier",
    "rules",
    "--resume=a=b.json",
    "--json",
    "out",
  ]);
  expect(options).toMatchObject({ minutes: 0.5, seed: 9, tiers: ["rules"], resume: "a=b.json", json: "out" });
});

it("has no time limit where schedules are counted, unless both are given", () => {
  expect(readOptions(["--schedules", "10"])).toMatchObject({ minutes: null, schedules: 10 });
  expect(readOptions(["--schedules", "10", "--minutes", "1"])).toMatchObject({ minutes: 1, schedules: 10 });
  expect(readOptions(["--tier", "service", "--schedule", "0"])).toMatchObject({ minutes: null, schedule: 0 });
});

it("reads mutants and inputs with and without a value", () => {
  expect(readOptions(["--mutants"])).toMatchObject({ mutants: [], minutes: null });
  expect(readOptions(["--mutants", "--tier", "rules"])).toMatchObject({ mutants: [], tiers: ["rules"] });
  expect(readOptions(["--mutants", "one,two"])).toMatchObject({ mutants: ["one", "two"] });
  expect(readOptions(["--inputs"])).toMatchObject({ inputs: 5000 });
  expect(readOptions(["--inputs", "50", "--seed", "3"])).toMatchObject({ inputs: 50, seed: 3 });
});

it.each([
  [["--what"], `"--what" is no option`],
  [["stray"], `"stray" is no option`],
  [["--minutes"], "--minutes needs a value"],
  [["--minutes", "--seed", "1"], "--minutes needs a value"],
  [["--minutes", "0"], "--minutes is a number above 0"],
  [["--minutes", "many"], "--minutes is a number above 0"],
  [["--seed", "-1"], "--seed is a whole number"],
  [["--seed", "1.5"], "--seed is a whole number"],
  [["--seed", "4294967296"], "--seed is a whole number"],
  [["--schedules", "0"], "--schedules is a whole number from 1"],
  [["--tier", "unit"], "--tier is one of rules, service, system"],
  [["--schedule", "3"], "--schedule needs --tier"],
  [["--schedule", "3", "--schedules", "2", "--tier", "rules"], "do not go together"],
  [["--seed", "1", "--seed", "2"], "--seed is given twice"],
  [["--until-failure=yes"], "--until-failure takes no value"],
  [["--mutants", "--inputs"], "do not go together"],
  [["--inputs", "--tier", "rules"], "do not go together"],
])("refuses %j in one sentence", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
