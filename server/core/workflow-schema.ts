/**
 * The workflow format's one description: the parser checks with it, and the published JSON Schema is made from it.
 * A key whose behaviour is not built is not here.
 */
import { z } from "zod";
import { DISPATCH_MODES, FAILURE_POLICIES } from "./status";

export const MAX_SOURCE_BYTES = 8 * 1024 * 1024;
export const MAX_STEPS = 20_000;
/** 24 days: a Node timer holds at most 2^31 ms and fires at once when given more. */
const MAX_TIMEOUT_MINUTES = 34_560;
const MAX_NAME_LENGTH = 200;
const MAX_LABELS = 20;

export const STEP_KEY = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Set by Switchyard for every task; only the one that `npm start` puts into its example may be written down. */
const RESERVED_PREFIX = "SWITCHYARD_";
const ALLOWED_RESERVED = "SWITCHYARD_REPOSITORY";

const stepKey = z
  .string()
  .regex(STEP_KEY, "a step's key is a letter, then letters, digits, _ and -, at most 63 characters")
  .meta({ description: "Key of a step", examples: ["build"] });

// Counted in characters: zod's own limits count UTF-16 units, two for most emoji.
const title = z
  .string()
  .refine((text) => text.length > 0 && (text.length <= MAX_NAME_LENGTH || [...text].length <= MAX_NAME_LENGTH), {
    error: `takes 1 to ${MAX_NAME_LENGTH} characters`,
  });

const variableName = z
  .string()
  .regex(VARIABLE_NAME, "a variable's name is letters, digits and _, and does not start with a digit")
  .refine((name) => !name.startsWith(RESERVED_PREFIX) || name === ALLOWED_RESERVED, {
    error: `names that start with ${RESERVED_PREFIX} are set by Switchyard itself; take another name`,
    params: { code: "reserved_name" },
  });

const env = z.record(
  variableName,
  z.union([z.string(), z.number(), z.boolean()], {
    error: 'takes text, a number, true or false; write "" for an empty value',
  }),
);

const label = z
  .string()
  .refine((text) => text.length > 0 && text.length <= 63, { error: "a label has 1 to 63 characters" });

const runsOn = z
  .union([label, z.array(label).max(MAX_LABELS, `takes at most ${MAX_LABELS} labels`)], {
    error: "takes a label or a list of labels",
  })
  .meta({ description: "Labels that a runner must offer, all of them", examples: [["linux"], "gpu"] });

const timeoutMinutes = z
  .number()
  .gt(0, "must be more than 0")
  .max(MAX_TIMEOUT_MINUTES, `takes at most ${MAX_TIMEOUT_MINUTES} (24 days)`)
  .meta({ description: "Stop the step after so many minutes; fractions are allowed", examples: [30, 0.5] });

const workingDirectory = z
  .string()
  .min(1, "must not be empty; leave it out for the task's own directory")
  .refine((path) => !leavesItsRoot(path), {
    error: "must not lead out of the task's directory by ..; absolute paths need a runner with --root",
  });

const defaults = z
  .strictObject({ "runs-on": runsOn.optional(), "timeout-minutes": timeoutMinutes.optional() })
  .meta({ description: "What every step has that does not say otherwise", examples: [{ "runs-on": ["linux"] }] });

export const stepSchema = z.strictObject({
  name: title.optional().meta({ description: "Shown to people; the key otherwise", examples: ["Build the site"] }),
  needs: z
    .union([z.string(), z.array(z.string())], { error: "takes the key of a step or a list of keys" })
    .optional()
    .meta({ description: "Steps that must succeed first", examples: [["lint", "test"], "build"] }),
  run: z
    .string()
    .refine((script) => script.trim() !== "", { error: "must not be empty; write : for a step that does nothing" })
    .meta({ description: "The script", examples: ["npm run build"] }),
  shell: z
    .enum(["bash", "sh"])
    .optional()
    .meta({ description: "bash (default, with -eo pipefail) or sh", examples: ["sh"] }),
  env: env.optional().meta({ description: "Variables of this step", examples: [{ LEVEL: "debug" }] }),
  "runs-on": runsOn.optional(),
  "working-directory": workingDirectory
    .optional()
    .meta({ description: "Relative to the task's own fresh directory", examples: ["packages/web"] }),
  "timeout-minutes": timeoutMinutes.optional(),
});

export const workflowSchema = z.strictObject({
  name: title.meta({ description: "1 to 200 characters", examples: ["Nightly report"] }),
  description: z
    .string()
    .max(10_000, "takes at most 10000 characters")
    .optional()
    .meta({
      description: "What it is for",
      examples: ["Fetch, clean, publish."],
    }),
  "run-name": title
    .refine((text) => !text.includes("${{"), {
      error: "expressions in double braces are not supported yet; write plain text",
      params: { code: "expression_not_supported" },
    })
    .optional()
    .meta({ description: "Title of its runs", examples: ["Nightly report"] }),
  dispatch: z
    .enum(DISPATCH_MODES)
    .optional()
    .meta({ description: "manual (default): people dispatch; auto: what is ready starts", examples: ["auto"] }),
  "on-failure": z
    .enum(FAILURE_POLICIES)
    .optional()
    .meta({
      description: "continue (default): the rest goes on; stop: nothing new starts; cancel: active tasks are canceled",
      examples: ["continue"],
    }),
  env: env.optional().meta({ description: "Variables of every step", examples: [{ TZ: "UTC" }] }),
  defaults: defaults.optional(),
  steps: z.record(stepKey, stepSchema).meta({
    description: "The steps by key, in template order",
    examples: [{ build: { run: "make" } }],
  }),
});
export type ParsedWorkflow = z.infer<typeof workflowSchema>;
export type ParsedStep = z.infer<typeof stepSchema>;

const KEYS_OF_WORKFLOW = Object.keys(workflowSchema.shape);
const KEYS_OF_DEFAULTS = Object.keys(defaults.shape);
const KEYS_OF_STEP = Object.keys(stepSchema.shape);

/** The keys that the format knows at a place of a definition. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return KEYS_OF_WORKFLOW;
  if (path.length === 1 && path[0] === "defaults") return KEYS_OF_DEFAULTS;
  return path.length === 2 && path[0] === "steps" ? KEYS_OF_STEP : [];
}

/** Whether a relative path climbs above where it starts; an absolute one is the runner's to judge. */
function leavesItsRoot(path: string): boolean {
  let depth = 0;
  for (const part of path.split("/")) {
    if (part === "..") depth--;
    else if (part !== "" && part !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}
