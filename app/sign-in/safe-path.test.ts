import { describe, expect, it } from "vitest";
import { safePath } from "./safe-path";

describe("safePath", () => {
  it.each(["/runs/12", "/runs/12?tab=list&task=build", "/templates#x"])("keeps %s", (path) => {
    expect(safePath(path)).toBe(path);
  });

  it.each([
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/a\\..\\..\\evil",
    "",
    undefined,
  ])("goes home instead of %j", (path) => {
    expect(safePath(path)).toBe("/runs");
  });

  it("does not follow two values", () => {
    expect(safePath(["/a", "/b"])).toBe("/runs");
  });
});
