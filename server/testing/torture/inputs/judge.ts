import { z } from "zod";
import type { Valid } from "./examples";
import type { Answered, Sent } from "./sent";
import type { Target } from "./targets";
import type { TouchedRow } from "./watch-rows";
import { CANARY, type World } from "./world";

const problem = z.object({
  status: z.number(),
  code: z.string().min(1),
  detail: z.string().min(1),
  request_id: z.string().min(1),
});
const trpcError = z.object({
  error: z.object({
    json: z.object({
      message: z.string().min(1),
      code: z.number(),
      data: z.object({
        httpStatus: z.number().max(499),
        appCode: z.string().min(1),
        // Null where the request was not understood well enough to have a context; the header has it.
        requestId: z.string().min(1).nullable(),
        stack: z.undefined().optional(),
      }),
    }),
  }),
});

/** Columns by which a row belongs to somebody. */
const OWNERS = [
  "id",
  "team_id",
  "run_id",
  "task_id",
  "needs_task_id",
  "attempt_id",
  "runner_id",
  "template_id",
  "token_id",
];
/** Every try to sign in is counted, right or wrong. */
const COUNTED = "sign_in_attempt";

interface Outcome {
  target: Target;
  valid: Valid;
  sent: Sent;
  answer: Answered;
  /** Of every handler that was reached. */
  statuses: number[];
  touched: TouchedRow[];
  world: World;
}

/** Everything about an answer and its effect that must never be. */
export function faultsOf(outcome: Outcome): string[] {
  const { target, sent, answer, statuses } = outcome;
  const found: string[] = [];
  const server = [...new Set([answer.status, ...statuses])].filter((status) => status >= 500);
  if (server.length > 0) found.push(`answered ${server.join(", ")}: ${answer.text.slice(0, 300)}`);
  if (answer.isOurs && answer.status >= 400 && answer.status < 500) found.push(...shapeFaults(target, sent, answer));
  const hasNoRight = (sent.isForeign || sent.identity === "bad") && target.identity !== "none";
  // tRPC answers HEAD with 204 before it looks at anything: nothing is done and nothing is told.
  const isEmpty = target.kind === "trpc" && sent.method === "HEAD" && answer.status === 204;
  if (answer.isOurs && answer.status > 0 && answer.status < 300 && hasNoRight && !isEmpty)
    found.push(`accepted with ${answer.status} what its sender has no right to`);
  if (sent.identity !== "theirs" && answer.text.includes(CANARY)) found.push("the answer shows the other team's texts");
  return [...found, ...rowFaults(outcome)];
}

function rowFaults({ sent, target, valid, answer, statuses, touched, world }: Outcome): string[] {
  const found: string[] = [];
  const rows = touched.filter(({ table }) => !(target.kind === "sign-in" && table === COUNTED));
  if (rows.length === 0) return found;
  // Without an answer of a handler the effect may still be that of a handler whose client was gone.
  const last = answer.isOurs ? answer.status : (statuses.at(-1) ?? 0);
  const what = rows.map(({ table, op }) => `${op} ${table}`).join(", ");
  if (last === 0 || last >= 300) found.push(`changed rows with ${last}: ${what}`);
  if (sent.method === "GET" || sent.method === "HEAD") found.push(`changed rows by ${sent.method}: ${what}`);
  if (sent.identity === "weak" || (sent.identity === "bad" && target.identity !== "none"))
    found.push(`changed rows for a sender without the right: ${what}`);
  const isForbidden = sent.identity === "theirs" ? idsOf(valid, world) : world.theirIds;
  const crossing = rows.filter(({ row }) => OWNERS.some((column) => isForbidden.has(String(row[column]))));
  if (crossing.length > 0) found.push(`changed another team's rows: ${JSON.stringify(crossing).slice(0, 500)}`);
  return found;
}

function idsOf(valid: Valid, { ours }: World): Set<string> {
  return new Set([ours.teamId, ...Object.values(ours.things), ...Object.values(valid.ids ?? {})]);
}

function shapeFaults(target: Target, sent: Sent, { status, contentType, requestId, text }: Answered): string[] {
  if (target.kind !== "sign-in" && requestId === "") return ["the answer has no x-request-id"];
  if (sent.method === "HEAD") return [];
  const body = parsed(text);
  if (contentType.startsWith("application/problem+json")) {
    const { success, data } = problem.safeParse(body);
    return success && data.status === status ? [] : [`not a whole problem document: ${text.slice(0, 300)}`];
  }
  if (target.kind !== "trpc") return [`a ${status} is ${contentType || "untyped"}, not application/problem+json`];
  // Of a batch each answer has a shape of its own; those that were accepted have none of an error's.
  const errors = (Array.isArray(body) ? body : [body]).filter(
    (item) => !(typeof item === "object" && item && "result" in item),
  );
  return errors.every((item) => trpcError.safeParse(item).success)
    ? []
    : [`not an error of tRPC as screens read them: ${text.slice(0, 300)}`];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
