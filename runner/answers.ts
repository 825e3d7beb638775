import { z } from "zod";
import type { LogAnswer, SyncAnswer } from "./protocol";

// What the runner relies on in an answer; whatever does not parse counts as no answer.
const seconds = z.number().positive();
const id = z.string().min(1);

export const syncAnswer: z.ZodType<SyncAnswer> = z.object({
  reports: z.array(
    z.object({ attempt_id: id, accepted: z.boolean(), code: z.literal("lease_lost").optional().catch(undefined) }),
  ),
  assignments: z.array(
    z.object({
      attempt_id: id,
      task_id: z.string(),
      run_id: z.string(),
      run_number: z.number(),
      key: z.string(),
      attempt: z.number(),
      lease_expires_at: z.string(),
      spec: z.object({
        run: z.string(),
        shell: z.enum(["bash", "sh"]),
        env: z.record(z.string(), z.string()),
        working_directory: z.string().optional(),
        timeout_seconds: z.number().positive().optional(),
      }),
    }),
  ),
  cancel: z.array(z.object({ attempt_id: id, reason: z.string(), grace_seconds: z.number().min(0) })),
  lost: z.array(id),
  lease_seconds: seconds,
  running_lease_seconds: seconds,
  server_time: z.string(),
}) as z.ZodType<SyncAnswer>;

export const logAnswer: z.ZodType<LogAnswer> = z.object({ next_seq: z.int().min(1) });
