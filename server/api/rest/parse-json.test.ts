import { describe, expect, it } from "vitest";
import { AppError } from "../../errors";
import { createRunBody, reasonBody } from "../schemas";
import { refuseUnstorable, replaceUnstorable } from "../storable-text";
import { parseJson } from "./parse-json";

function refusal(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parseJson", () => {
  it("takes nothing as an empty object", () => {
    expect(parseJson(" \n")).toEqual({});
  });

  it("says where a text stops being JSON", () => {
    expect(refusal(() => parseJson('{"a": 1,\n "b": }')).message).toBe(
      "The body is not valid JSON at line 2, column 7.",
    );
    expect(refusal(() => parseJson('{"a": 1')).code).toBe("invalid_input");
  });

  it("refuses deep nesting before it parses, and ignores brackets in texts", () => {
    expect(refusal(() => parseJson("[".repeat(100_000))).message).toContain("nested deeper than 100 levels");
    expect(parseJson(JSON.stringify({ a: '"[[['.repeat(200) }))).toEqual({ a: '"[[['.repeat(200) });
  });

  it("leaves every object's prototype alone", () => {
    const value = parseJson('{"__proto__": {"reason": "x"}, "reason": "y"}');
    expect(({} as Record<string, unknown>).reason).toBeUndefined();
    expect(reasonBody.safeParse(value).success).toBe(false);
    expect(createRunBody.safeParse(parseJson('{"definition": {"__proto__": {"a": 1}}}')).success).toBe(true);
  });
});

describe("texts that cannot be stored", () => {
  it("are refused with their places", () => {
    const source = '{"a": ["ok", "\\u0000"], "b": "\\ud800", "c": "\\ud83d\\ude00"}';
    const refused = refusal(() => refuseUnstorable(source, JSON.parse(source)));
    expect(refused.errors?.map((error) => error.pointer)).toEqual(["/a/1", "/b"]);
  });

  it("are replaced in what runners send", () => {
    const source = '{"a": ["x\\u0000y"], "b": "\\udc00", "c": "\\ud83d\\ude00"}';
    expect(replaceUnstorable(source, JSON.parse(source))).toEqual({ a: ["x\ufffdy"], b: "\ufffd", c: "😀" });
  });
});
