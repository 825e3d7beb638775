import { authorizeSignIn } from "../../../auth/authorize-sign-in";
import { getEngine } from "../../../engine/engine";
import type { Target } from "./targets";
import { PASSWORD } from "./world";

const PATH = "/api/auth/callback/credentials";
/** What may leave `authorize` as an error, with the status that people are shown it under. */
const KNOWN_ERRORS: Record<string, number> = { rate_limited: 429 };

export const SIGN_IN: Target = {
  name: "sign-in",
  kind: "sign-in",
  method: "POST",
  path: PATH,
  changes: true,
  identity: "none",
  parameters: [],
  example: {
    lasts: Number.POSITIVE_INFINITY,
    make: async ({ ours }) => ({ body: { email: ours.email, password: PASSWORD } }),
  },
};

/**
 * What next-auth does with a sign-in once it has read the form: next-auth's own handler runs only inside of Next. What
 * it takes from a form is any record of texts, so any JSON is more than that.
 */
export async function handleSignIn(request: Request): Promise<Response> {
  let raw: unknown;
  try {
    raw = JSON.parse(await request.text());
  } catch {
    return problem(422);
  }
  try {
    const user = await authorizeSignIn(getEngine().pool, raw, Object.fromEntries(request.headers));
    return user === null ? problem(401) : Response.json(user);
  } catch (error) {
    return problem(KNOWN_ERRORS[error instanceof Error ? error.message : ""] ?? 500);
  }
}

function problem(status: number): Response {
  const body = { status, code: "sign_in", detail: "not signed in", request_id: "-" };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json" } });
}
