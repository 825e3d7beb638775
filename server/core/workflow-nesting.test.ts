import { expect, test } from "vitest";
import { parseWorkflow } from "./workflow-format";

const INDENTED = Array.from({ length: 1_000 }, (_, level) => `${" ".repeat(level)}a:\n`).join("");

test.each([
  ["lists on one line", "- ".repeat(5_000), 1],
  ["lists in a list, in lines", Array.from({ length: 1_000 }, (_, level) => `${" ".repeat(level)}-\n`).join(""), 64],
  ["brackets", "[".repeat(5_000), 1],
  ["brackets that are closed", "[".repeat(5_000) + "]".repeat(5_000), 1],
  ["brackets in lines", "[\n ".repeat(5_000), 64],
  ["megabytes of brackets", "[".repeat(4_000_000), 1],
  ["maps in braces", "{a: ".repeat(5_000), 1],
  ["maps and lists", "{a: [".repeat(5_000), 1],
  ["keys that are maps", "? ".repeat(5_000), 1],
  ["empty keys", ": ".repeat(5_000), 1],
  ["list and key", "- ? ".repeat(5_000), 1],
  ["indented maps", INDENTED, 64],
  ["lists with anchors and tags", "[&a !!seq ".repeat(5_000), 1],
  ["a second document", `name: n\n---\n${"[".repeat(5_000)}`, 3],
  ["behind a block of text", `a: |\n  [[[[\nb: ${"[".repeat(5_000)}`, 3],
])("%s are refused where they get too deep", (_title, source, line) => {
  const { definition, problems } = parseWorkflow(source, "yaml");
  expect(definition).toBeNull();
  expect(problems).toEqual([expect.objectContaining({ code: "nested_too_deeply", line, column: expect.any(Number) })]);
});

test.each([
  ["lists", "[".repeat(5_000), 52],
  ["maps", '{"a":'.repeat(5_000), 256],
])("JSON %s are refused where they get too deep", (_title, source, column) => {
  expect(parseWorkflow(source, "json").problems).toEqual([
    expect.objectContaining({ code: "nested_too_deeply", line: 1, column }),
  ]);
});

const SCRIPTS = {
  brackets: `if [[ "$a" == "{" && $((1 + (2 * (3)))) -gt 0 ]]; then echo "\${x[@]}"; fi\n${"[".repeat(500)}\n${"{a: ".repeat(500)}x\n`,
  dashes: `echo - - - -\n${"- ".repeat(500)}x\n${"? ".repeat(500)}\n--- a\n# [[[[ not a comment of YAML\n`,
  heredoc: `cat > out.yaml <<'EOF'\n${INDENTED.slice(0, 20_000)}\nEOF\necho "it's done: #1"\n`,
  json: `curl -d '{"a": ${"[".repeat(200)}1${"]".repeat(200)}}' "http://h/#x"\n`,
};

test.each(Object.entries(SCRIPTS))("a script with %s is text in every way to write it", (_title, script) => {
  const block = script
    .trimEnd()
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n");
  const ways: [string, string][] = [
    [`|\n${block}\n`, script],
    [`|2- # [[[[\n${block.replaceAll(/^/gm, "  ")}\n`, script.trimEnd().replaceAll(/^/gm, "  ")],
    [JSON.stringify(script), script],
    [`echo ${"[".repeat(500)} ${"- ".repeat(500)}x#y${"{".repeat(500)}`, ""],
  ];
  for (const [written, expected] of ways) {
    const { definition, problems } = parseWorkflow(`name: n\nsteps:\n  a:\n    run: ${written}\n`, "yaml");
    expect(problems).toEqual([]);
    if (expected !== "") expect(definition?.steps[0]?.spec.run).toBe(expected);
  }
});

test("comments and quoted text do not count", () => {
  const deep = "[{- ? ".repeat(500);
  const source = `# ${deep}\nname: "${deep}" # ${deep}\nsteps:\n  a: {run: '${deep}#'} # ${deep}\n`;
  expect(parseWorkflow(source, "yaml").problems.map(({ code }) => code)).not.toContain("nested_too_deeply");
});
