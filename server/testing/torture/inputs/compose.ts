import { chance, type Dice, pick } from "../../dice";
import { badValue, longText } from "./bad-values";
import type { Valid } from "./examples";
import { leaf, type Piece, piecesOf, textOf } from "./json-text";
import { mutateHeaders } from "./mutate-headers";
import { mutateJson } from "./mutate-json";
import { mutatePath } from "./mutate-path";
import { mutateYaml } from "./mutate-yaml";
import type { Sent } from "./sent";
import type { Target } from "./targets";
import { WIRES } from "./wires";
import type { World } from "./world";

/** A request that is still in parts. */
export interface Draft extends Sent {
  json: Piece | null;
  yaml: string | null;
  query: string[];
}

/** The valid request as it is. */
export function validRequest(target: Target, valid: Valid, world: World): Sent {
  return finish(target, draftOf(target, valid, world));
}

/** The valid request with one to three things wrong, or another team's ids in it, or broken on its way. */
export function badRequest(target: Target, valid: Valid, { world, dice }: { world: World; dice: Dice }): Sent {
  const draft = draftOf(target, valid, world);
  if (valid.ids && chance(dice, 8)) return foreign(target, draft, { valid, world, dice });
  if (target.kind === "rest" && chance(dice, 4)) {
    draft.wire = pick(dice, WIRES);
    draft.changes.push(draft.wire);
    if (chance(dice, 60)) return finish(target, draft);
  }
  for (let count = 1 + dice(3); count > 0; count--) change(target, draft, { world, dice });
  const sent = finish(target, draft);
  if (chance(dice, 6)) breakBytes(sent, dice);
  return sent;
}

function draftOf(target: Target, valid: Valid, world: World): Draft {
  const { ours } = world;
  const headers: [string, string][] = [["host", "127.0.0.1:3000"]];
  const token = valid.token ?? (target.identity === "runner" ? ours.runnerToken : ours.token);
  if (target.identity === "session") headers.push(["cookie", ours.ownerCookie], ["origin", "http://127.0.0.1:3000"]);
  else if (target.identity !== "none") headers.push(["authorization", `Bearer ${token}`]);
  if (valid.body !== undefined) headers.push(["content-type", "application/json"]);
  if (valid.yaml !== undefined) headers.push(["content-type", "application/yaml"]);
  const input = target.kind === "trpc" ? { json: valid.body } : valid.body;
  return {
    method: target.method,
    path: target.path.replace("{id}", valid.id ?? ""),
    headers,
    body: Buffer.alloc(0),
    wire: "direct",
    changes: [],
    identity: "ours",
    isForeign: false,
    json: input === undefined ? null : piecesOf(input),
    yaml: valid.yaml ?? null,
    query: [],
  };
}

function change(target: Target, draft: Draft, { world, dice }: { world: World; dice: Dice }): void {
  const kind = dice(100);
  if (kind < 16) mutateHeaders(draft, { target, world, dice });
  else if (kind < 24 || (draft.json === null && draft.yaml === null)) mutatePath(draft, { target, dice });
  else if (kind < 27) {
    draft.method = pick(dice, ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get", "FOO"]);
    draft.changes.push(`method ${draft.method}`);
  } else if (draft.yaml !== null) {
    draft.yaml = mutateYaml(draft.yaml, dice);
    draft.changes.push("yaml");
  } else if (draft.json !== null) {
    mutateInput(target, draft, dice);
    draft.changes.push("json");
  }
}

/** What superjson reads beside a value: what the value's parts are to become. */
const SUPERJSON = [
  '{"values":["Date"]}',
  '{"values":["undefined"]}',
  '{"values":["bigint"]}',
  '{"values":["regexp"]}',
  '{"values":["set"]}',
  '{"values":["map"]}',
  '{"values":["number"]}',
  '{"values":["Error"]}',
  '{"values":["URL"]}',
  '{"values":[["symbol","x"]]}',
  '{"values":[["class","Date"]]}',
  '{"values":[["custom","x"]]}',
  '{"values":[["typed-array","Int8Array"]]}',
  '{"values":{"runId":["Date"],"definition":["map"],"source":["set"]}}',
  '{"values":{"__proto__":["Date"]}}',
  '{"values":{"constructor.prototype.x":["set"]}}',
  '{"values":{"a.b.c.d":["Date"]}}',
  '{"values":{"\\\\":["Date"]}}',
  '{"referentialEqualities":{"runId":["dispatch","reason"]}}',
  '{"referentialEqualities":[["definition.steps"]]}',
  '{"referentialEqualities":{"__proto__":["x"]}}',
  '{"v":1,"values":{"runId":["undefined"]}}',
  '{"values":1}',
  "[]",
  "1",
  "null",
  '{"values":[[[[["Date"]]]]]}',
  '{"values":{"json":["nope"]}}',
  '{"referentialEqualities":{"definition":["definition.steps.a"]}}',
];

function mutateInput(target: Target, draft: Draft, dice: Dice): void {
  const { json } = draft;
  if (json === null) return;
  if (target.kind === "trpc" && json.kind === "object" && chance(dice, 10))
    json.members.push(['"meta"', leaf(pick(dice, SUPERJSON))]);
  else if (chance(dice, 8) && json.kind === "object") mutateSource(json, dice);
  else draft.json = mutateJson(json, dice);
}

/** A definition that is a text inside of the JSON gets a mistake of its own. */
function mutateSource(json: Extract<Piece, { kind: "object" }>, dice: Dice): void {
  for (const member of json.members) {
    if (member[1].kind === "object") mutateSource(member[1], dice);
    if (member[0] !== '"source"' && member[0] !== '"definition"') continue;
    if (member[1].kind === "leaf" && member[1].text.startsWith('"') && isJson(member[1].text))
      member[1] = leaf(JSON.stringify(mutateYaml(String(JSON.parse(member[1].text)), dice)));
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Everything in it that has an id is the other team's, or the sender is. */
function foreign(target: Target, draft: Draft, given: { valid: Valid; world: World; dice: Dice }): Sent {
  const { valid, world, dice } = given;
  const { theirs } = world;
  draft.isForeign = target.example.answersEach !== true;
  if (chance(dice, 30)) {
    draft.identity = "theirs";
    draft.changes.push("the other team's token");
    draft.headers = draft.headers.map(([name, value]) => {
      if (name === "cookie") return [name, theirs.ownerCookie];
      if (name === "authorization")
        return [name, `Bearer ${target.identity === "runner" ? theirs.runnerToken : theirs.token}`];
      return [name, value];
    });
    return finish(target, draft);
  }
  draft.changes.push("the other team's ids");
  for (const [kind, id] of Object.entries(valid.ids ?? {})) {
    const other = theirs.things[kind as keyof typeof theirs.things];
    draft.path = draft.path.replaceAll(id, other);
    if (draft.json) draft.json = leaf(textOf(draft.json).replaceAll(id, other));
  }
  return finish(target, draft);
}

function finish(target: Target, draft: Draft): Sent {
  const { json, yaml, query, ...sent } = draft;
  const text = json === null ? yaml : textOf(json);
  const isInQuery = target.kind === "trpc" && target.method === "GET";
  if (isInQuery && text !== null) query.unshift(`input=${encodeURIComponent(text.toWellFormed())}`);
  const joined = query.length > 0 ? `${sent.path}${sent.path.includes("?") ? "&" : "?"}${query.join("&")}` : sent.path;
  return { ...sent, path: joined, body: isInQuery || text === null ? Buffer.alloc(0) : Buffer.from(text) };
}

/** Damage that no serializer would do. */
function breakBytes(sent: Sent, dice: Dice): void {
  const { body } = sent;
  const at = dice(body.length + 1);
  const junk = (bytes: number[]) => Buffer.concat([body.subarray(0, at), Buffer.from(bytes), body.subarray(at)]);
  const how = dice(9);
  sent.changes.push(`bytes ${how}`);
  if (how === 0) sent.body = body.subarray(0, at);
  else if (how === 1) sent.body = Buffer.concat([body, body]);
  else if (how === 2)
    sent.body = junk(pick(dice, [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80], [0xe2, 0x82]]));
  else if (how === 3) sent.body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]);
  else if (how === 4) sent.body = Buffer.from(body.toString("utf8"), "utf16le");
  else if (how === 5) sent.body = Buffer.from(badValue(dice));
  else if (how === 6)
    sent.body = Buffer.from(pick(dice, ["", " ", "\n\n", "null", "[]", "0", '"', "\0", "{}{}", "a=b&c=d"]));
  else if (how === 7) sent.body = Buffer.from(longText(dice));
  else sent.wire = sent.wire === "direct" ? "torn" : sent.wire;
}
