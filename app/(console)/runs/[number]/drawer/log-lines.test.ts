import { describe, expect, it } from "vitest";
import type { LogPiece } from "@/server/read/log-page";
import { shownText, toLines } from "./log-lines";

describe("toLines", () => {
  it("joins pieces of one line", () => {
    expect(texts([out(1, "hel"), out(2, "lo\nwor"), out(3, "ld\n")])).toEqual(["hello", "world"]);
  });

  it("keeps empty lines, but none after the last line end", () => {
    expect(texts([out(1, "a\n\nb\n")])).toEqual(["a", "", "b"]);
  });

  it("ends a line where another stream speaks", () => {
    expect(texts([out(1, "a"), { ...out(2, "oops\n"), stream: "stderr" }, out(3, "b\n")])).toEqual(["a", "oops", "b"]);
  });

  it("keeps an open line open", () => {
    expect(texts([out(1, "no end")])).toEqual(["no end"]);
  });
});

describe("shownText", () => {
  it("shows the last state of a progress line", () => {
    expect(shownText("10%\r50%\r100%\r")).toBe("100%");
  });

  it("leaves colours and links of terminals out", () => {
    expect(shownText("\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007")).toBe("red link");
  });

  it("cuts very long lines and says how much is missing", () => {
    expect(shownText("x".repeat(5_000))).toMatch(/ … \(1,000 more\)$/);
  });
});

function out(seq: number, text: string): LogPiece {
  return { seq, stream: "stdout", at: 0, text };
}

function texts(pieces: LogPiece[]): string[] {
  return toLines(pieces).map((line) => line.text);
}
