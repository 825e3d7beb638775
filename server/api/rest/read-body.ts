import { AppError } from "../../errors";

/** Reads a request's body up to `limit` bytes; more is `too_large` as soon as it is seen. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit) throw tooLarge(limit);
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
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
export function contentTypeOf(request: Request): string {
  return request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
}

function tooLarge(limit: number): AppError {
  return new AppError("too_large", `The body is larger than ${limit / 1024 / 1024} MiB. Send less at once.`);
}
