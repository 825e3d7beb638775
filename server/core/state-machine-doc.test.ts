import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { DISPATCH_MODES, EVENT_TYPES, FAILURE_POLICIES, RUN_STATUSES, TASK_STATUSES } from "./status";

const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/state-machine.md"), "utf8");
const [taskDiagram = "", runDiagram = ""] = [...page.matchAll(/```mermaid\n(.*?)```/gs)].map((match) => match[1]);

test.each(TASK_STATUSES)("task status %s is in the diagram and in the table", (status) => {
  // Mermaid takes no hyphens in names.
  expect(taskDiagram).toMatch(new RegExp(`\\b${status.replaceAll("-", "_")}\\b`));
  expect(page).toContain(`\`${status}\``);
});

test.each(RUN_STATUSES)("run status %s is in the diagram and in the rules", (status) => {
  expect(runDiagram).toMatch(new RegExp(`\\b${status}\\b`));
  expect(page).toContain(`\`${status}\``);
});

test.each([...EVENT_TYPES, ...DISPATCH_MODES, ...FAILURE_POLICIES])("%s is explained", (word) => {
  expect(page).toContain(`\`${word}\``);
});

test("diagrams name nothing that does not exist", () => {
  const words = (diagram: string) =>
    new Set([...diagram.matchAll(/^ +(\w+) -->|--> (\w+)/gm)].map((m) => m[1] ?? m[2]));
  const written = (statuses: readonly string[]) => statuses.map((status) => status.replaceAll("-", "_"));
  expect([...words(taskDiagram)].toSorted()).toEqual(written(TASK_STATUSES).toSorted());
  expect([...words(runDiagram)].toSorted()).toEqual(written(RUN_STATUSES).toSorted());
});
