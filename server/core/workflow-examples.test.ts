import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parseWorkflow } from "./workflow-format";

const dir = path.resolve(import.meta.dirname, "../../examples");
const read = (file: string) => parseWorkflow(readFileSync(path.join(dir, file), "utf8"), "yaml");

test.each(readdirSync(dir).filter((file) => file.endsWith(".yaml")))("examples/%s has no problems", (file) => {
  const { definition, problems } = read(file);
  expect(problems).toEqual([]);
  expect(definition?.name).toBe(path.basename(file, ".yaml"));
});

test("hello is a diamond and check-repository has a place for the repository", () => {
  expect(read("hello.yaml").stats).toEqual({ steps: 4, edges: 4, depth: 3, width: 2 });
  expect(read("check-repository.yaml").definition?.env).toMatchObject({ SWITCHYARD_REPOSITORY: "" });
});
