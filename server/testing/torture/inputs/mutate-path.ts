import { chance, type Dice, pick } from "../../dice";
import { badValue, longText, randomId } from "./bad-values";
import type { Draft } from "./compose";
import type { Target } from "./targets";

const PARTS = [
  "%00",
  "%",
  "%zz",
  "%c0%80",
  "%ff",
  "%2e%2e",
  "..",
  ".",
  "%2f",
  "%25",
  "null",
  "undefined",
  "0",
  "-1",
  "1e309",
  "NaN",
  "*",
  "__proto__",
  "constructor",
  "a b",
  "é",
  "%F0%9F%98%80",
  "'",
  '"',
  ";",
  "[object Object]",
  "{id}",
  "validate",
  "toString",
];

/** Changes the path or the query. */
export function mutatePath(draft: Draft, { target, dice }: { target: Target; dice: Dice }): void {
  draft.changes.push("path");
  const parts = draft.path.split("/");
  const at = parts.findIndex((part) => /^[0-9a-f-]{36}$/.test(part));
  const how = dice(100);
  if (at > 0 && how < 50) parts[at] = otherId(parts[at] ?? "", dice);
  else if (how < 80) {
    draft.query.push(parameter(target, dice));
    return;
  } else if (how < 86) parts.splice(1 + dice(parts.length), 0, otherId("", dice));
  else if (how < 92) parts[1 + dice(parts.length)] = otherId("", dice);
  else parts.push(pick(dice, ["", "/", "..", "?", "#x", "%00", ",", "x,y", "?batch=1", "?a=1?b=2"]));
  draft.path = parts.map((part) => part ?? "").join("/");
}

function otherId(id: string, dice: Dice): string {
  const how = dice(6);
  if (how === 0) return id.toUpperCase();
  if (how === 1) return randomId(dice);
  if (how === 2) return encodeURIComponent(longText(dice).slice(0, 20_000));
  if (how === 3) return `${id}%00`;
  if (how === 4) return `${id}${pick(dice, PARTS)}`;
  return pick(dice, PARTS);
}

function parameter(target: Target, dice: Dice): string {
  const name = pick(dice, [
    ...target.parameters,
    ...target.parameters,
    "limit",
    "cursor",
    "after",
    "status",
    "__proto__",
    "",
    "x",
  ]);
  const text = badValue(dice).toWellFormed().slice(0, 20_000);
  const value = pick(dice, [
    () => encodeURIComponent(text),
    () => encodeURIComponent(text.replace(/^"(.*)"$/s, "$1")),
    () => Buffer.from(text).toString("base64url"),
    () => pick(dice, PARTS),
    () => "",
    () => `1&${name}=2`,
  ])();
  return chance(dice, 90) ? `${name}=${value}` : pick(dice, ["&", "=", "a", "%", "%zz=%zz", "a[b]=c", "a=1;b=2", "?"]);
}
