import { createCipheriv } from "node:crypto";
import { chance, type Dice, pick } from "../../dice";

/** Where a text of up to a mebibyte is expensive for whoever parses it. */
const LONG = [65, 201, 1_001, 10_001, 65_537];
const MIB = 1024 * 1024;

// biome-ignore format: as a table, one would scroll through two hundred lines.
const NUMBERS = [
  "0", "-0", "-1", "1", "1.5", "0.1", "1e3", "1E-7", "1e309", "-1e309", "2147483647", "2147483648", "-2147483649",
  "4294967296", "9007199254740993", "18446744073709551616", `1${"0".repeat(400)}`, "0.1e-400", "NaN", "Infinity",
  "0x10", "01", "+1", "1_000", ".5", "5.",
];

// biome-ignore format: as a table, one would scroll through two hundred lines.
const STRINGS = [
  '""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"x\\udc00y"', '"\\ud83d\\ude00"', '"\\ufeff"', '"\\uffff"',
  '"\\u202e\\u200b"', '"a\\nb\\tc\\u0007\\u001b[31m"', '"\\\\"', '"\\/"', '"../../etc/passwd"', '"%00"', '"$x {{ x }}"',
  `"'; DROP TABLE task; --"`, '"<script>alert(1)</script>"', '"{\\"a\\":1}"', '"null"', '"true"', '"0"', '"-1"', '"1e309"',
  '"__proto__"', '"constructor"', '"toString"', '"2026-13-45T99:99:99Z"', '"0000-00-00T00:00:00.000Z"',
  '"+275760-09-13T00:00:00.001Z"', '"9999-12-31T23:59:59.999999999+14:00"', '"1969-12-31T23:59:59Z"',
  '"not-a-uuid"', '"00000000-0000-0000-0000-000000000000"', '"ffffffff-ffff-ffff-ffff-ffffffffffff"', '"\\x"', '"open', '"\u0001"',
];

// biome-ignore format: as a table, one would scroll through two hundred lines.
const SHAPES = [
  "null", "true", "false", "[]", "{}", "[null]", "[[]]", "[{}]", '{"a":1}', '{"":""}', '{"length":1}', '{"toString":1}',
  '{"then":1}', '{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', "undefined", "",
  '{"a":1,"a":2}', '{"__proto__":null,"__proto__":1}', "[,]", "[1,]", "{,}", "// x", "'x'", "\ufeffnull",
];

// biome-ignore format: as a table, one would scroll through two hundred lines.
const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "toJSON", "extra", "", "0", "id"];

/** The JSON text of a value that hardly anybody sends; rarely a mebibyte of it. */
export function badValue(dice: Dice): string {
  const kind = dice(100);
  if (kind < 26) return pick(dice, NUMBERS);
  if (kind < 58) return pick(dice, STRINGS);
  if (kind < 78) return pick(dice, SHAPES);
  if (kind < 84) return JSON.stringify(longText(dice));
  if (kind < 88) return `"${randomId(dice)}"`;
  if (kind < 92) return nested(dice);
  if (kind < 95) return `[${Array.from({ length: pick(dice, [2, 101, 1_001, 20_001]) }, () => "0").join(",")}]`;
  if (kind < 97) return `{${Array.from({ length: pick(dice, [2, 101, 1_001]) }, (_, n) => `"k${n}":"v"`).join(",")}}`;
  return JSON.stringify(String.fromCharCode(...Array.from({ length: 1 + dice(40) }, () => dice(0x10000))));
}

/** The name of a member that nothing asks for, as JSON text. */
export function badName(dice: Dice): string {
  return chance(dice, 80)
    ? JSON.stringify(pick(dice, NAMES))
    : pick(dice, ['"\\u0000"', '"\\ud800"', '"\\u005f_proto__"']);
}

/** A text longer than most fields take: one character again and again, or noise. */
export function longText(dice: Dice): string {
  const length = chance(dice, 4) ? MIB : pick(dice, LONG);
  if (chance(dice, 50)) return pick(dice, ["x", " ", "\n", "\u00e9", "-", "*", "["]).repeat(length);
  // A cipher's stream: the same for the same dice, without throwing them for each character.
  const key = Buffer.alloc(16);
  key.writeUInt32LE(dice(0x7fffffff));
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16))
    .update(Buffer.alloc(length))
    .toString("base64")
    .slice(0, length);
}

/** An id in the form of ours, of nothing. */
export function randomId(dice: Dice): string {
  const hex = Array.from({ length: 32 }, () => dice(16).toString(16)).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
}

function nested(dice: Dice): string {
  const depth = pick(dice, [51, 99, 101, 1_000, 10_000]);
  return chance(dice, 50) ? "[".repeat(depth) + "]".repeat(depth) : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}
