/** What callers may send, for REST and tRPC alike. */
import { z } from "zod";
import { DISPATCH_MODES, RUN_STATUSES } from "../core/status";

export const LIMITS = { runs: 200, events: 1_000, logs: 1_000, tasks: 20_000, templates: 200, runners: 1_000 } as const;
const INT_MAX = 2_147_483_647;
/** With the u flag a pair is one character, so this finds halves only. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Text that people read: no NUL, which PostgreSQL cannot store, and no half of a character. */
export const plainText = (max: number) =>
  z
    .string()
    .max(max, `At most ${max} characters.`)
    .refine((text) => !text.includes("\u0000"), "NUL characters are not allowed.")
    .refine((text) => !LONE_SURROGATE.test(text), "It contains half of a surrogate pair.");

export const taskKey = plainText(63).min(1);
export const dispatchMode = z.enum(DISPATCH_MODES, `One of ${DISPATCH_MODES.join(", ")}.`);
export const runStatus = z.enum(RUN_STATUSES, `One of ${RUN_STATUSES.join(", ")}.`);
export const limitUpTo = (max: number) => z.int("A whole number.").min(1, "At least 1.").max(max, `At most ${max}.`);
export const afterNumber = z.int("A whole number.").min(0, "At least 0.").max(INT_MAX);
export const attemptNumber = z.int("A whole number.").min(1, "At least 1.").max(INT_MAX);
export const templateVersion = attemptNumber;

/** Reasons and names are one line or two, not documents. */
export const reasonBody = z.strictObject({ reason: plainText(1_000).nullish() });

export const createRunBody = z
  .strictObject({
    workflow_template_id: z.string().max(100).optional(),
    /** The definition as an object, or YAML as a text. */
    definition: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    /** Workflows have no inputs yet: only an empty object is accepted. */
    inputs: z.record(z.string(), z.unknown()).optional(),
    dispatch: dispatchMode.optional(),
    title: plainText(200).optional(),
  })
  .superRefine((body, context) => {
    const given = [body.workflow_template_id, body.definition].filter((value) => value !== undefined).length;
    if (given !== 1)
      context.addIssue({
        code: "custom",
        path: [given === 0 ? "workflow_template_id" : "definition"],
        message: "Give exactly one of workflow_template_id and definition.",
      });
    for (const name of Object.keys(body.inputs ?? {}))
      context.addIssue({ code: "custom", path: ["inputs", name], message: "This workflow has no such input." });
  });
export type CreateRunBody = z.infer<typeof createRunBody>;

export const dispatchReadyBody = z
  .strictObject({
    limit: limitUpTo(LIMITS.tasks).optional(),
    keys: z.array(taskKey).min(1, "Name at least one task, or leave keys out.").max(LIMITS.tasks).optional(),
  })
  .refine((body) => body.limit === undefined || body.keys === undefined, {
    path: ["keys"],
    message: "Give limit or keys, not both.",
  });

export const dispatchModeBody = z.strictObject({ dispatch: dispatchMode });
export const createRunnerBody = z.strictObject({ name: plainText(100).trim().min(1, "Give it a name.") });
