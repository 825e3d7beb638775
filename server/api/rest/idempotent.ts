import { createHash } from "node:crypto";
import { type Idempotency, ReplayedAnswer } from "../../engine/idempotency";
import { AppError } from "../../errors";
import type { ApiRequest } from "../api-request";
import type { Db } from "../caller";
import { jsonResponse } from "./json-response";
import type { RestContext } from "./route";

interface Answer {
  status: number;
  body: unknown;
}

interface Steps<Result> {
  act: (idempotency: Idempotency<Result> | undefined) => Promise<Result>;
  /** Reads what the answer says; with a key inside the transaction that remembers it. */
  answer: (db: Db, result: Result) => Promise<Answer>;
}

/** Does something once per Idempotency-Key: a request with a key used before gets the first answer again. */
export async function idempotent<Result>(
  context: RestContext<unknown, unknown>,
  { act, answer }: Steps<Result>,
): Promise<Response> {
  const { request, rawBody, tokenId, caller } = context;
  const key = idempotencyKey(request);
  const made: { answer?: Answer } = {};
  try {
    const result = await act(
      key === null
        ? undefined
        : {
            tokenId,
            route: `${request.method} ${new URL(request.url).pathname}`,
            key,
            bodyHash: bodyHashOf(rawBody),
            answer: async (tx, done) => {
              made.answer = await answer(tx, done);
              return made.answer;
            },
          },
    );
    const { status, body } = made.answer ?? (await answer(caller.engine.pool, result));
    return jsonResponse(body, status);
  } catch (error) {
    if (error instanceof ReplayedAnswer)
      return jsonResponse(error.body, error.status, { "idempotency-replayed": "true" });
    throw error;
  }
}

/** An absent body means `{}`, so that both are the same request. */
function bodyHashOf(rawBody: Uint8Array): string {
  const isBlank = Buffer.from(rawBody).toString("utf8").trim() === "";
  return createHash("sha256")
    .update(isBlank ? "{}" : rawBody)
    .digest("hex");
}

function idempotencyKey(request: ApiRequest): string | null {
  const key = request.headers.get("idempotency-key");
  if (key === null) return null;
  if (/^[\x20-\x7e]{1,200}$/.test(key)) return key;
  const message = "An Idempotency-Key is 1 to 200 printable ASCII characters.";
  throw new AppError("invalid_input", message, [{ pointer: "/Idempotency-Key", message }]);
}
