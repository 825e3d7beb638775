import { type Dice, pick } from "../../dice";
import { longText } from "./bad-values";

// biome-ignore format: as a table, one would scroll through two hundred lines.
const LINES = [
  "%YAML 1.1\n---\n", "---\n---\n", "...\n", "\ufeff", "\t", "&a [*a]\n", "x: &x {y: *x}\n", "<<: *none\n", "<<: {name: y}\n",
  "? [a, b]\n: c\n", "? \n", "!!js/function 'x'\n", "!!binary aaaa\n", "!!timestamp 2026-01-01\n", "!<tag:x> y\n",
  "__proto__: {polluted: true}\n", "constructor: 1\n", '"\\0": 1\n', '"\\ud800": 1\n', "name: \u0000\n", "name: 1e309\n",
  "name: 0x1f\n", "name: .nan\n", "name: ~\n", "steps: *s\n", "key: |9\n  x\n", "key: >-\n", "'", '"', "[", "{", "}", "]: x",
  "# \r\n", "\u2028", "- \n- -\n", "key: [a, b\n", "name: a\nname: b\n",
];

/** Changes one place of a YAML text: a strange line, a hole, a repetition, nesting, aliases of aliases. */
export function mutateYaml(text: string, dice: Dice): string {
  const at = dice(text.length + 1);
  const end = Math.min(text.length, at + 1 + dice(20));
  switch (dice(9)) {
    case 0:
    case 1:
    case 2: {
      const lines = text.split(/(?<=\n)/);
      lines.splice(dice(lines.length + 1), 0, pick(dice, LINES));
      return lines.join("");
    }
    case 3:
      return text.slice(0, at) + pick(dice, LINES) + text.slice(at);
    case 4:
      return text.slice(0, at) + text.slice(end);
    case 5:
      return text.slice(0, end) + text.slice(at);
    case 6:
      return `${text}\nenv: ${nested(dice)}\n`;
    case 7:
      return `${text}\n${aliases(dice)}`;
    default:
      return `${text}\ndescription: ${longText(dice)}\n`;
  }
}

function nested(dice: Dice): string {
  const depth = pick(dice, [49, 51, 1_000, 10_000]);
  const [open, close] = pick(dice, [
    ["[", "]"],
    ["{a: ", "}"],
    ["- ", ""],
    ["? ", ""],
    ["!x &y ", ""],
  ] as const);
  return open.repeat(depth) + close.repeat(depth);
}

/** Each line ten times the one before: a few bytes that come to gigabytes when they are written out. */
function aliases(dice: Dice): string {
  const levels = pick(dice, [2, 5, 9, 30]);
  const lines = ["a0: &a0 [x, x]"];
  for (let level = 1; level <= levels; level++)
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
    );
  return `${lines.join("\n")}\nenv: *a${levels}\n`;
}
