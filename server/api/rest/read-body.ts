import { AppError } from "../../errors";
import type { ApiRequest } from "../api-request";

/** Reads a request's body up to `limit` bytes; more is `too_large` as soon as it is seen. */
export async function readBody(request: ApiRequest, limit: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > limit) break;
      chunks.push(chunk);
    }
  } catch {
    // The client left or its connection broke: nobody reads this answer, and nothing is done with half a request.
    throw new AppError("invalid_input", "The body ended before its announced length.");
  }
  if (size > limit) throw tooLarge(limit);
  return Buffer.concat(chunks, size);
}

/** The body as text; bytes that are not UTF-8 are `invalid_input`. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AppError("invalid_input", "The body is not valid UTF-8.", [{ pointer: "", message: "Send UTF-8." }]);
  }
}

/** The media type of the body, lower case, without parameters; empty when none was given. */
export function contentTypeOf(request: ApiRequest): string {
  return request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
}

function tooLarge(limit: number): AppError {
  return new AppError("too_large", `The body is larger than ${limit / 1024 / 1024} MiB. Send less at once.`);
}
