import { describe, expect, it } from "vitest";
import { noTasks } from "@/server/core/status";
import { abortConsequences } from "./abort-consequences";

describe("abortConsequences", () => {
  it("says in numbers what will happen to whom", () => {
    expect(abortConsequences({ ...noTasks(), running: 6, queued: 1, created: 112, success: 1 })).toEqual([
      "7 tasks on runners get SIGTERM, then SIGKILL after the grace period.",
      "112 tasks will never be dispatched.",
      "1 task that succeeded stays as it is.",
      "The run ends as aborted. This cannot be undone.",
    ]);
  });

  it("leaves out what there is none of", () => {
    expect(abortConsequences({ ...noTasks(), dispatched: 1 })).toEqual([
      "1 task waiting for a runner will not start.",
      "The run ends as aborted. This cannot be undone.",
    ]);
  });
});
