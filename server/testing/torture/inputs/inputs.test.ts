import { expect, it } from "vitest";
import { runInputs } from "./run-inputs";
import { findTargets } from "./targets";

const PER_TARGET = 50;

it("answers bad requests to every route and procedure without a 5xx, a change or a crash", async () => {
  const lines: string[] = [];
  const { targets, failures } = await runInputs({
    databaseUrl: process.env.DATABASE_URL ?? "",
    perTarget: PER_TARGET,
    seed: 1,
    say: (line) => lines.push(line),
  });
  expect(failures, lines.join("\n")).toEqual([]);
  expect(targets).toBe(findTargets().length);
  // About ten seconds alone; a busy machine can be ten times slower.
}, 300_000);
