import { chance, type Dice, pick } from "../../dice";
import { randomId } from "./bad-values";
import type { Draft } from "./compose";
import type { Target } from "./targets";
import type { TeamWorld, World } from "./world";

const TYPES = [
  "",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "application/yaml",
  "text/yaml",
  "application/json; charset=utf-16",
  "application/problem+json",
  "application/JSON",
  "json",
  "application/octet-stream",
  "a/b/c",
  ";",
  "application/json, text/plain",
  "image/png",
  "text/html; charset=é",
];
const KEYS = [
  "k",
  "k",
  "a key",
  " ",
  "",
  "x".repeat(200),
  "x".repeat(201),
  "é",
  "__proto__",
  "null",
  "a,b",
  "\t",
  "'; --",
  "$x",
];
const OTHERS: [string, string[]][] = [
  ["if-match", ['"1"', "*", '"999999999999999999999"', 'W/"1"', "1", '"', "é"]],
  ["if-none-match", ['"1"', "*"]],
  ["last-event-id", ["1", "-1", "1e309", "x", "99999999999999999999", ""]],
  ["x-request-id", ["x", "a b", "x".repeat(5_000), "é", "<script>"]],
  [
    "accept",
    ["text/plain", "*/*;q=x", "text/event-stream", "text/plain;q=1e309,,,;", "application/jsonl", "x".repeat(9_000)],
  ],
  ["content-length", ["0", "-1", "x", "1e3", "99999999999999999999", "9000000", "1, 2"]],
  ["content-encoding", ["gzip", "br", "x"]],
  ["transfer-encoding", ["chunked", "gzip, chunked", "x"]],
  ["expect", ["100-continue", "x"]],
  ["host", ["", "evil.example", "127.0.0.1:99999", "[::1]", "a b", "é"]],
  [
    "origin",
    ["null", "", "http://evil.example", "http://127.0.0.1:3000.evil.example", "x", "http://127.0.0.1:3000, http://x"],
  ],
  ["x-forwarded-for", ["", "1.2.3.4", "a, b, c", "x".repeat(9_000), "é", "::1,"]],
  ["x-forwarded-host", ["evil.example"]],
  ["x-http-method-override", ["DELETE"]],
  ["trpc-accept", ["application/jsonl", "x"]],
  [
    "cookie",
    ["=", ";;;", "next-auth.session-token=x", "next-auth.session-token.0=x; next-auth.session-token.1=y", "a=%"],
  ],
  ["x-huge", ["x".repeat(60_000)]],
];

/** Changes one header: who sends it, what it says it is, or one that few clients send. */
export function mutateHeaders(draft: Draft, given: { target: Target; world: World; dice: Dice }): void {
  const { target, dice } = given;
  const how = dice(10);
  if (how < 4 && target.identity !== "none") changeIdentity(draft, given);
  else if (how < 6) set(draft, "content-type", pick(dice, TYPES));
  else if (how < 8) set(draft, "idempotency-key", pick(dice, KEYS));
  else changeOther(draft, given);
}

function changeOther(draft: Draft, { target, dice }: { target: Target; dice: Dice }): void {
  const [name, values] = pick(dice, OTHERS);
  if (name === "cookie" && target.identity === "session") draft.identity = "bad";
  // Of two cookies the right one would still count.
  if (name !== "cookie" && chance(dice, 20)) {
    draft.headers.push([name, pick(dice, values)]);
    draft.changes.push(`two ${name}`);
  } else set(draft, name, pick(dice, values));
}

function set(draft: Draft, name: string, value: string): void {
  draft.headers = [...draft.headers.filter(([known]) => known !== name), [name, value]];
  draft.changes.push(name);
}

function changeIdentity(draft: Draft, { target, world, dice }: { target: Target; world: World; dice: Dice }): void {
  const { ours } = world;
  draft.changes.push("identity");
  const isSession = target.identity === "session";
  const name = isSession ? "cookie" : "authorization";
  draft.headers = draft.headers.filter(([known]) => known !== name);
  const weak = isSession ? ours.viewerCookie : `Bearer ${ours.readOnly}`;
  if (target.identity !== "runner" && chance(dice, 25)) {
    draft.identity = "weak";
    draft.headers.push([name, weak]);
    return;
  }
  draft.identity = "bad";
  if (isSession) {
    const broken = [
      ours.ownerCookie.slice(0, -dice(40) - 1),
      "next-auth.session-token=x.y.z",
      `other=1; ${"a".repeat(5_000)}`,
    ];
    if (chance(dice, 70)) draft.headers.push([name, pick(dice, broken)]);
    else draft.headers.push(["authorization", `Bearer ${ours.token}`]);
    return;
  }
  const value = pick(dice, badTokens(target, ours, dice));
  if (value !== null) draft.headers.push([name, value]);
  // Two of them are one that is no token.
  if (value !== null && chance(dice, 20)) draft.headers.push([name, `Bearer ${ours.token}`]);
}

function badTokens(target: Target, ours: TeamWorld, dice: Dice): (string | null)[] {
  const wrongKind = target.identity === "runner" ? ours.token : ours.runnerToken;
  const right = target.identity === "runner" ? ours.runnerToken : ours.token;
  return [
    null,
    "",
    "Bearer",
    "Bearer  ",
    right,
    `Basic ${right}`,
    `Bearer ${right} x`,
    `Bearer ${right.slice(1)}`,
    `Bearer ${wrongKind}`,
    `Bearer ${target.identity === "runner" ? ours.revokedRunner : ours.revoked}`,
    `Bearer ${ours.expired}`,
    `Bearer swy_api_${randomId(dice)}`,
    `Bearer ${"x".repeat(8_000)}`,
    "Bearer éééééééééééééééééééééé",
    "Bearer __proto__constructor__",
  ];
}
