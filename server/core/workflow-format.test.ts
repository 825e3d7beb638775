import { describe, expect, test } from "vitest";
import type { Problem } from "./workflow-definition";
import { parseWorkflow } from "./workflow-format";

function problemsOf(source: string, format: "yaml" | "json" = "yaml"): Problem[] {
  const answer = parseWorkflow(source, format);
  expect(answer.definition === null).toBe(answer.problems.length > 0);
  return answer.problems;
}

const FULL = `
name: Nightly report
description: Fetch and publish.
run-name: Report of tonight
dispatch: auto
on-failure: stop
env: { TZ: UTC, VERSION: 3.10, BIG: 12345678901234567890, FLAG: True, SWITCHYARD_REPOSITORY: . }
defaults: { runs-on: [linux], timeout-minutes: 30 }
steps:
  zulu:
    run: ./fetch.sh
  alpha:
    name: Clean up
    needs: zulu
    run: |
      one
      two
    shell: sh
    env: { LEVEL: debug, N: 1 }
    runs-on: gpu
    working-directory: packages/../web
    timeout-minutes: 0.5
  constructor:
    needs: [zulu, alpha, zulu]
    run: ":"
    runs-on: []
`;

test("a definition with every key keeps its order and takes defaults", () => {
  const { definition, problems, stats } = parseWorkflow(FULL, "yaml");
  expect(problems).toEqual([]);
  expect(stats).toEqual({ steps: 3, edges: 3, depth: 3, width: 1 });
  expect(definition).toEqual({
    name: "Nightly report",
    description: "Fetch and publish.",
    runName: "Report of tonight",
    dispatch: "auto",
    onFailure: "stop",
    env: { TZ: "UTC", VERSION: "3.10", BIG: "12345678901234567890", FLAG: "true", SWITCHYARD_REPOSITORY: "." },
    steps: [
      {
        key: "zulu",
        name: "zulu",
        needs: [],
        runsOn: ["linux"],
        spec: { run: "./fetch.sh", shell: "bash", env: {}, timeoutSeconds: 1800 },
      },
      {
        key: "alpha",
        name: "Clean up",
        needs: ["zulu"],
        runsOn: ["gpu"],
        spec: {
          run: "one\ntwo\n",
          shell: "sh",
          env: { LEVEL: "debug", N: "1" },
          workingDirectory: "packages/../web",
          timeoutSeconds: 30,
        },
      },
      {
        key: "constructor",
        name: "constructor",
        needs: ["zulu", "alpha"],
        runsOn: [],
        spec: { run: ":", shell: "bash", env: {}, timeoutSeconds: 1800 },
      },
    ],
  });
});

test("YAML, JSON text and parsed JSON mean the same", () => {
  const value = { name: "n", env: { A: 1 }, steps: { a: { run: "x" }, b: { needs: ["a"], run: "y" } } };
  const fromYaml = parseWorkflow("name: n\nenv: {A: 1}\nsteps: {a: {run: x}, b: {needs: [a], run: y}}", "yaml");
  expect(parseWorkflow(JSON.stringify(value, null, "\t"), "json")).toEqual(fromYaml);
  expect(parseWorkflow(value, "object")).toEqual(fromYaml);
  expect(fromYaml.definition).toMatchObject({ dispatch: "manual", onFailure: "continue" });
});

test("aliases stand for what they name", () => {
  const { definition } = parseWorkflow(
    "name: n\nsteps:\n  a: { run: x, env: &e { A: b } }\n  b: { run: y, env: *e }",
    "yaml",
  );
  expect(definition?.steps[1]?.spec.env).toEqual({ A: "b" });
});

const step = (lines: string) => `name: n\nsteps:\n  a:\n    run: x\n    ${lines}\n`;
const CASES: [
  title: string,
  source: string,
  code: string,
  message: RegExp,
  pointer: string,
  place?: [number, number],
][] = [
  ["empty text", "", "wrong_type", /a map/, ""],
  ["a list", "- a", "wrong_type", /a map/, "", [1, 1]],
  ["no name", "steps: {a: {run: x}}", "missing_key", /name is missing/, "/name", [1, 1]],
  ["no steps", "name: n", "missing_key", /at least one step/, "/steps"],
  ["empty steps", "name: n\nsteps: {}", "no_steps", /at least one step/, "/steps", [2, 8]],
  ["steps as a list", "name: n\nsteps: [a]", "wrong_type", /steps must be a map, not a list/, "/steps", [2, 8]],
  ["a step that is empty", "name: n\nsteps:\n  a:", "wrong_type", /step "a" must be a map, not empty/, "/steps/a"],
  [
    "a step without run",
    "name: n\nsteps:\n  a: {}",
    "missing_key",
    /run of step "a" is missing/,
    "/steps/a/run",
    [3, 3],
  ],
  ["a blank run", "name: n\nsteps: {a: {run: ' '}}", "invalid_value", /must not be empty/, "/steps/a/run"],
  ["run as a number", "name: n\nsteps: {a: {run: 1}}", "wrong_type", /must be text, not the number 1/, "/steps/a/run"],
  ["a long name", `name: ${"n".repeat(201)}\nsteps: {a: {run: x}}`, "invalid_value", /1 to 200/, "/name", [1, 7]],
  [
    "unknown key",
    "nmae: n\nname: n\nsteps: {a: {run: x}}",
    "unknown_key",
    /"nmae" - did you mean "name"/,
    "/nmae",
    [1, 1],
  ],
  [
    "unknown step key",
    step("neesd: []"),
    "unknown_key",
    /"neesd" in step "a" - did you mean "needs"/,
    "/steps/a/neesd",
    [5, 5],
  ],
  ["far unknown key", "name: n\njobs: {}\nsteps: {a: {run: x}}", "unknown_key", /known are name, /, "/jobs", [2, 1]],
  [
    "key in defaults",
    "name: n\ndefaults: {run-on: x}\nsteps: {a: {run: x}}",
    "unknown_key",
    /"runs-on"/,
    "/defaults/run-on",
    [2, 12],
  ],
  [
    "duplicate key",
    "name: n\nname: m\nsteps: {a: {run: x}}",
    "duplicate_key",
    /"name" is there twice/,
    "/name",
    [2, 1],
  ],
  ["duplicate step", "name: n\nsteps:\n  a: {run: x}\n  a: {run: y}", "duplicate_key", /"a"/, "/steps/a", [4, 3]],
  ["bad step key", "name: n\nsteps: {1a: {run: x}}", "invalid_name", /a letter, then/, "/steps/1a", [2, 9]],
  ["long step key", `name: n\nsteps: {${"a".repeat(64)}: {run: x}}`, "invalid_name", /63/, `/steps/${"a".repeat(64)}`],
  [
    "__proto__ step",
    "name: n\nsteps: {a: {run: x}, __proto__: {run: x}}",
    "invalid_name",
    /__proto__/,
    "/steps/__proto__",
  ],
  ["slash in a key", "name: n\nsteps: {a/b~: {run: x}}", "invalid_name", /a letter/, "/steps/a~1b~0"],
  [
    "unknown need",
    "name: n\nsteps: {build: {run: x}, test: {needs: [biuld], run: x}}",
    "unknown_step",
    /^unknown step "biuld" in needs of "test" - did you mean "build"\?$/,
    "/steps/test/needs/0",
    [2, 41],
  ],
  [
    "unknown need, one key",
    step("needs: zzzz"),
    "unknown_step",
    /^unknown step "zzzz" in needs of "a"$/,
    "/steps/a/needs",
    [5, 12],
  ],
  ["own need", step("needs: [a]"), "self_need", /needs itself/, "/steps/a/needs/0", [5, 13]],
  ["need of a number", step("needs: [1]"), "wrong_type", /must be text, not the number 1/, "/steps/a/needs/0", [5, 13]],
  ["needs as a map", step("needs: {}"), "wrong_type", /the key of a step or a list/, "/steps/a/needs", [5, 12]],
  [
    "bad dispatch",
    "name: n\ndispatch: autoo\nsteps: {a: {run: x}}",
    "invalid_value",
    /manual or auto, not "autoo" - did you mean "auto"/,
    "/dispatch",
    [2, 11],
  ],
  [
    "bad on-failure",
    "name: n\non-failure: abort\nsteps: {a: {run: x}}",
    "invalid_value",
    /continue or stop or cancel/,
    "/on-failure",
  ],
  ["bad shell", step("shell: zsh"), "invalid_value", /bash or sh/, "/steps/a/shell"],
  [
    "expression in run-name",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what people write
    "name: n\nrun-name: r ${{ x }}\nsteps: {a: {run: x}}",
    "expression_not_supported",
    /not supported yet/,
    "/run-name",
    [2, 11],
  ],
  ["time limit of nothing", step("timeout-minutes: 0"), "invalid_value", /more than 0/, "/steps/a/timeout-minutes"],
  [
    "time limit of a month",
    step("timeout-minutes: 44640"),
    "invalid_value",
    /at most 34560/,
    "/steps/a/timeout-minutes",
  ],
  ["time limit as text", step("timeout-minutes: '5'"), "wrong_type", /a number, not text/, "/steps/a/timeout-minutes"],
  ["time limit without end", step("timeout-minutes: .inf"), "wrong_type", /a number/, "/steps/a/timeout-minutes"],
  [
    "directory above",
    step("working-directory: a/../../b"),
    "invalid_value",
    /must not lead out/,
    "/steps/a/working-directory",
  ],
  ["env name", step("env: {a-b: c}"), "invalid_name", /letters, digits and _/, "/steps/a/env/a-b", [5, 11]],
  [
    "env prefix",
    step("env: {SWITCHYARD_RUN_ID: c}"),
    "reserved_name",
    /set by Switchyard/,
    "/steps/a/env/SWITCHYARD_RUN_ID",
  ],
  ["env __proto__", step("env: {__proto__: c}"), "invalid_name", /__proto__/, "/steps/a/env/__proto__"],
  ["env empty", step("env: {A: }"), "wrong_type", /write "" for an empty value/, "/steps/a/env/A"],
  ["env map", step("env: {A: {}}"), "wrong_type", /takes text, a number/, "/steps/a/env/A"],
  ["empty label", step('runs-on: [""]'), "invalid_value", /1 to 63/, "/steps/a/runs-on/0"],
  ["NUL by escape", step('env: {A: "x\\0"}'), "bad_character", /NUL/, "/steps/a/env/A", [5, 14]],
  [
    "lone surrogate by escape",
    '{"name": "\\ud800", "steps": {"a": {"run": "x"}}}',
    "bad_character",
    /surrogate/,
    "/name",
    [1, 10],
  ],
  ["NUL in the text", "name: n # \0\nsteps: {a: {run: x}}", "bad_character", /NUL/, "", [1, 11]],
  ["broken YAML", "name: n\nsteps: {a: {run: x}", "syntax", /./, "", [2, 20]],
  ["two documents", "name: n\nsteps: {a: {run: x}}\n---\nname: m", "syntax", /document/, ""],
  ["unknown tag", "name: !!js/function n\nsteps: {a: {run: x}}", "syntax", /tag/, ""],
  ["YAML 1.1", "%YAML 1.1\n---\nname: n\nsteps: {a: {run: x}}", "syntax", /1\.2/, ""],
  ["unknown alias", step("env: *e"), "syntax", /no &e before it/, "/steps/a/env"],
  ["alias in itself", step("env: &e {A: *e}"), "alias_expansion", /contains itself/, "/steps/a/env/A"],
  ["merge keys are not YAML 1.2", step("<<: {}"), "unknown_key", /"<<"/, "/steps/a/<<"],
  [
    "too many steps",
    `name: n\nsteps: {${Array.from({ length: 20_001 }, (_, i) => `s${i}: {run: x}`).join(", ")}}`,
    "too_many_steps",
    /at most 20000/,
    "/steps",
  ],
  ["8 MiB", `name: n\n#${"x".repeat(8 * 1024 * 1024)}\nsteps: {a: {run: x}}`, "too_large", /8 MiB/, ""],
  ["deep brackets", `name: n\nsteps: ${"[".repeat(200_000)}`, "nested_too_deeply", /deep/, ""],
];

test.each(CASES)("%s is a problem", (_title, source, code, message, pointer, place) => {
  const problems = problemsOf(source);
  const found = problems.find((problem) => problem.code === code && problem.pointer === pointer);
  expect(found, JSON.stringify(problems.slice(0, 5))).toBeDefined();
  expect(found?.message).toMatch(message);
  if (place !== undefined) expect([found?.line, found?.column]).toEqual(place);
});

test.each(["{", '{"name" "n"}', "[1,]", '{"a": 1,}', "nul", "{'a': 1}", '"\\x"', "01", "{} {}", '"a\nb"'])(
  "JSON %#: %.20s is a syntax problem with its place",
  (source) => {
    const [problem] = problemsOf(source, "json");
    expect(problem).toMatchObject({ code: "syntax", line: 1 });
    expect(() => JSON.parse(source)).toThrow();
  },
);

test("JSON text has places too", () => {
  const source = '{\n  "name": "n",\n  "name": "m",\n  "steps": {"a": {"run": "x", "needs": ["a"]}}\n}';
  expect(problemsOf(source, "json").map(({ code, line, column }) => [code, line, column])).toEqual([
    ["duplicate_key", 3, 3],
    ["self_need", 4, 41],
  ]);
});

test("every problem is reported at once, in the order of the text", () => {
  const source = "nam: n\nsteps:\n  a: {needs: [b], run: x}\n  b: {needs: [a, q], runs: x}\n  2: {run: x}";
  expect(problemsOf(source).map((problem) => problem.code)).toEqual([
    "missing_key",
    "unknown_key",
    "cycle",
    "missing_key",
    "unknown_step",
    "unknown_key",
    "invalid_name",
  ]);
});

test("parsed JSON has pointers and no lines", () => {
  expect(parseWorkflow({ name: 1, steps: { a: { run: "x" } } }, "object").problems).toEqual([
    { code: "wrong_type", message: "name must be text, not the number 1", pointer: "/name" },
  ]);
});

test("200 characters are counted as people count them", () => {
  const name = "😀".repeat(200);
  expect(parseWorkflow({ name, steps: { a: { run: "x" } } }, "object").definition?.name).toBe(name);
});

test("thousands of problems are cut and counted", () => {
  const keys = Array.from({ length: 5_000 }, (_, i) => `x${i}: 1`).join("\n");
  const problems = problemsOf(`name: n\nsteps: {a: {run: x}}\n${keys}`);
  expect(problems.at(-1)?.code).toBe("too_many_problems");
});

describe("aliases cannot be used to blow up memory", () => {
  test("maps of maps of maps", () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join("\n");
    expect(problemsOf(`a0: &a0 [x]\n${levels}\nname: n\nsteps: {a: {run: x}}`)[0]?.code).toBe("alias_expansion");
  });
  test("one long script in many steps", () => {
    const steps = Array.from({ length: 500 }, (_, i) => `  s${i}: {run: *r}`).join("\n");
    const source = `name: n\nsteps:\n  a: {run: &r "${"x".repeat(100_000)}"}\n${steps}`;
    expect(problemsOf(source)[0]?.code).toBe("alias_expansion");
  });
  test("a tower of aliases", () => {
    const levels = Array.from({ length: 5_000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`).join("\n");
    expect(
      problemsOf(`a0: &a0 [x]\n${levels}\nname: n\nsteps: {a: {run: x}}`).some((p) => p.code === "nested_too_deeply"),
    ).toBe(true);
  });
});

describe("speed", { timeout: 30_000 }, () => {
  test("eight megabytes of escapes or of nothing", () => {
    expect(problemsOf(`"${"\\n".repeat(4_000_000)}"`, "json")[0]?.code).toBe("wrong_type");
    expect(problemsOf(" ".repeat(8_000_000), "json")[0]?.message).toBe("the JSON ends too early");
  });
  const chainOf = (length: number) => {
    const step = (i: number) => `  s${i}:\n    ${i === 0 ? "" : `needs: [s${i - 1}]\n    `}run: 'true'`;
    return `name: n\nsteps:\n${Array.from({ length }, (_, i) => step(i)).join("\n")}`;
  };
  const cost = (source: string) => {
    // Processor time and the least of several: other work on the machine is not what is measured.
    const rounds = Array.from({ length: 4 }, () => {
      const started = process.cpuUsage();
      parseWorkflow(source, "yaml");
      return process.cpuUsage(started).user;
    });
    return Math.min(...rounds);
  };
  test("10,000 steps, 10,000 deep, in a time that grows with the number of steps", () => {
    const source = chainOf(10_000);
    // 0.4 s on a quiet machine. Four times as many steps: 4 when it grows with them, 16 when with their square.
    expect(cost(source) / cost(chainOf(2_500))).toBeLessThan(9);
    const { stats, problems } = parseWorkflow(source, "yaml");
    expect(problems).toEqual([]);
    expect(stats).toEqual({ steps: 10_000, edges: 9_999, depth: 10_000, width: 1 });
  });
  test("a circle of 10,000 is found and its path is cut", () => {
    const circle = chainOf(10_000).replace("  s0:\n", "  s0:\n    needs: s9999\n");
    const problems = problemsOf(circle);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(
      /^steps need each other in a circle: s0 -> s9999 -> .*\(9901 more\).* -> s1 -> s0$/,
    );
  });
});
