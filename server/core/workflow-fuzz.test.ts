import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseWorkflow } from "./workflow-format";
import { readJson } from "./workflow-json";
import { workflowSchema } from "./workflow-schema";
import { plain } from "./workflow-tree";

/** Pieces of definitions, so that random texts get past the first character. */
const pieces = fc.constantFrom(
  ..."name:|steps:|needs:|run: x|a:|b:|\n|  |    |[|]|{|}|,|: |- |\"|'|*a|&a |<<|!!x|%YAML 1.1|---|#|\\|\0|\ud800|__proto__|1|null|é|😀|\t".split(
    "|",
  ),
);
const text = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));

test("no text makes the parser throw, and it says yes or what is wrong", () => {
  fc.assert(
    fc.property(
      fc.oneof(text, fc.string({ unit: "binary" })),
      fc.constantFrom("yaml" as const, "json" as const),
      (source, format) => {
        const { definition, problems } = parseWorkflow(source, format);
        expect(definition === null).toBe(problems.length > 0);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("no JSON value makes the parser throw", () => {
  const step = fc.oneof(fc.jsonValue(), fc.record({ run: fc.jsonValue(), needs: fc.jsonValue(), env: fc.jsonValue() }));
  const steps = fc.dictionary(fc.constantFrom("a", "b", "__proto__", "constructor", "1"), step);
  const workflow = fc.record({ name: fc.string(), steps, env: fc.jsonValue() });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), workflow), (value) => {
      const { definition, problems } = parseWorkflow(value, "object");
      expect(definition === null).toBe(problems.length > 0);
    }),
    { numRuns: 1_000 },
  );
});

test("JSON is read exactly as JSON.parse reads it", () => {
  const almost = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "]", "}", ":", "0", "\\", " "))
    .map(
      ([json, at, piece]) =>
        `${json.slice(0, at % (json.length + 1))}${piece}${json.slice((at % (json.length + 1)) + 1)}`,
    );
  fc.assert(
    fc.property(fc.oneof(fc.json(), almost), (source) => {
      const { tree, findings } = readJson(source);
      // Keys that are there twice are JSON, but not ours; JSON.parse cannot tell.
      if (findings.some(({ code }) => code === "duplicate_key" || code === "nested_too_deeply")) return;
      let value: unknown;
      try {
        value = JSON.parse(source);
      } catch {
        expect(tree).toBeNull();
        return;
      }
      expect(tree === null ? undefined : JSON.parse(JSON.stringify(plain(tree)))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
    { numRuns: 2_000 },
  );
});

test("a JSON Schema with a description and an example at every key can be made from the schema", () => {
  const schema = z.toJSONSchema(workflowSchema, { target: "draft-7", io: "input" });
  const step = schema.properties?.steps;
  expect(schema.required).toEqual(["name", "steps"]);
  expect(typeof step === "object" && step.additionalProperties).toMatchObject({ required: ["run"], type: "object" });
  const described = [schema, typeof step === "object" ? step.additionalProperties : {}];
  for (const part of described) {
    const properties = typeof part === "object" ? (part.properties ?? {}) : {};
    for (const [key, property] of Object.entries(properties)) {
      expect(property, key).toMatchObject({ description: expect.any(String), examples: expect.any(Array) });
    }
  }
});
