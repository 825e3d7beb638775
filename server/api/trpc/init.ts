import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { type Policy, roleMay, roleRefusal } from "../../auth/policy";
import type { Session } from "../../auth/session";
import { AppError } from "../../errors";
import { isVisible, type Subject } from "../../read/is-visible";
import { ERROR_MAP } from "../error-map";
import { toAppError } from "../to-app-error";
import { isUuid } from "../uuid";
import type { Context } from "./context";
import { refuseUnusableInput } from "./refuse-unusable-input";

interface Meta {
  /** Every procedure names one; server/api/policies.test.ts fails on one without. */
  policy: Policy;
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer: superjson,
    // A server that hangs keeps its connections: only silence tells, and the reader is to see it within seconds.
    sse: { ping: { enabled: true, intervalMs: 2_000 }, client: { reconnectAfterInactivityMs: 6_000 } },
    // `code`, `errors` and `requestId` are what a screen acts on; no text of an unknown error leaves the server.
    errorFormatter({ shape, error, ctx }) {
      const known = toAppError(error);
      const { stack: _, ...data } = shape.data;
      return {
        ...shape,
        message: known.message,
        data: {
          ...data,
          httpStatus: ERROR_MAP[known.code].http,
          appCode: known.code,
          errors: known.errors ?? [],
          requestId: ctx?.requestId ?? null,
        },
      };
    },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const SUBJECTS: [string, Subject][] = [
  ["runId", "run"],
  ["taskId", "task"],
  ["templateId", "template"],
  ["runnerId", "runner"],
];

/** A procedure that a signed-in member may call whose role the policy allows; `ctx.session` is that member. */
export function procedureWith(policy: Policy) {
  return t.procedure.meta({ policy }).use(async ({ ctx, next, getRawInput }) => {
    const { session } = ctx;
    if (!session) throw toTrpc(new AppError("unauthenticated", "Sign in first."));
    const input = await getRawInput();
    if (!roleMay(session.role, policy)) throw toTrpc(await refusal(ctx, session, policy, input));
    try {
      refuseUnusableInput(input);
    } catch (error) {
      throw toTrpc(error);
    }
    const result = await next({ ctx: { ...ctx, session } });
    if (!result.ok) throw toTrpc(result.error);
    return result;
  });
}

/** What belongs to another team is not found, whatever the role. */
async function refusal(ctx: Context, session: Session, policy: Policy, input: unknown): Promise<AppError> {
  const fields = typeof input === "object" && input !== null ? (input as Record<string, unknown>) : {};
  for (const [field, subject] of SUBJECTS) {
    const id = fields[field];
    if (id === undefined) continue;
    const visible =
      typeof id === "string" &&
      isUuid(id) &&
      (await isVisible(ctx.engine.pool, { subject, id, teamId: session.teamId }));
    if (!visible) return new AppError("not_found", `There is no such ${subject}.`);
  }
  return new AppError("forbidden", roleRefusal(session.role, policy));
}

function toTrpc(error: unknown): TRPCError {
  const known = toAppError(error);
  const cause = error instanceof TRPCError && error.cause ? error.cause : error;
  return new TRPCError({ code: ERROR_MAP[known.code].trpc, message: known.message, cause });
}
