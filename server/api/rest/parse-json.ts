import { readJson } from "../../core/workflow-json";
import { AppError } from "../../errors";

const MAX_DEPTH = 100;

/** JSON from an untrusted text; an empty text is `{}`, anything unreadable is `invalid_input` and says where. */
export function parseJson(text: string): unknown {
  if (text.trim() === "") return {};
  refuseDeep(text);
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message rarely says where; the reader of definitions does. It stops at what is not JSON.
    const trouble = readJson(text).findings.at(-1);
    const place = trouble?.at === undefined ? "" : ` ${placeOf(text, trouble.at)}`;
    throw new AppError("invalid_input", `The body is not valid JSON${place}.`, [
      { pointer: "", message: trouble?.message ?? "Send JSON." },
    ]);
  }
}

/** Brackets are counted before parsing, so that depth costs neither stack nor time. */
function refuseDeep(text: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth++;
      if (depth > MAX_DEPTH)
        throw new AppError("invalid_input", `The body is nested deeper than ${MAX_DEPTH} levels ${placeOf(text, at)}.`);
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split("\n");
  return `at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
