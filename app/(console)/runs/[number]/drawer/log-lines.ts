import type { LogPiece } from "@/server/read/log-page";

export interface LogLine {
  stream: LogPiece["stream"];
  at: number;
  text: string;
}

const LINE_MAX = 4_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminals begin with one
const ESCAPES = /\u001b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Puts pieces of output together to lines. A line that another stream interrupts is ended there. */
export function toLines(pieces: readonly LogPiece[]): LogLine[] {
  const lines: LogLine[] = [];
  let open: LogLine | null = null;
  for (const piece of pieces) {
    const parts = piece.text.split("\n");
    for (const [index, part] of parts.entries()) {
      if (index > 0) open = null;
      if (part === "" && index === parts.length - 1) continue;
      if (open && open.stream === piece.stream) open.text += part;
      else {
        open = { stream: piece.stream, at: piece.at, text: part };
        lines.push(open);
      }
    }
  }
  return lines;
}

/** A line as it is shown: of a progress line what it says last, no colours, no more than 4,000 characters. */
export function shownText(text: string): string {
  const plain = text.includes("\u001b") ? text.replace(ESCAPES, "") : text;
  const last = plain.replace(/\r+$/, "");
  const shown = last.slice(last.lastIndexOf("\r") + 1);
  return shown.length > LINE_MAX
    ? `${shown.slice(0, LINE_MAX)} … (${(shown.length - LINE_MAX).toLocaleString("en")} more)`
    : shown;
}
