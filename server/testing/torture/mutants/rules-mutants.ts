import type { Mutant } from "./mutant";

const rule = (name: string, file: string, patch: Pick<Mutant, "find" | "replace" | "why">): Mutant => ({
  name,
  tier: "rules",
  file: `server/core/${file}`,
  ...patch,
});

/** Wrong rules. */
export const RULES_MUTANTS: Mutant[] = [
  rule("failure-before-aborted", "rollup.ts", {
    find: `if (flags.aborted) return "aborted";`,
    replace: `if (flags.aborted && countFailures(counts) === 0) return "aborted";`,
    why: "the rollup looks at failures before the abort",
  }),
  rule("rollup-without-skipped", "rollup.ts", {
    find: "counts.success + counts.skipped === total",
    replace: "counts.success === total",
    why: "a run with a skipped task never succeeds",
  }),
  rule("settled-too-early", "rollup.ts", {
    find: `if (status === "failed") return countActive(counts) === 0 && !paused`,
    replace: `if (status === "failed") return !paused`,
    why: "a failed run is called over while tasks still run",
  }),
  rule("stop-does-not-stop", "rollup.ts", {
    find: `return run.onFailure === "continue" ||`,
    replace: `return run.onFailure !== "cancel" ||`,
    why: "on-failure: stop is ignored by auto mode",
  }),
  rule("cancel-at-once", "transitions.ts", {
    find: `  running: {\n    cancel: "cancel-requested",`,
    replace: `  running: {\n    cancel: "canceled",`,
    why: "canceling a running task does not wait for its runner",
  }),
  rule("late-report-revives", "transitions.ts", {
    find: `canceled: { rerun: "created" },`,
    replace: `canceled: { rerun: "created", "report-success": "success" },`,
    why: "a report after the end changes the task again",
  }),
  rule("cancel-hides-success", "transitions.ts", {
    find: `    start: "cancel-requested",\n    ...OUTCOMES,`,
    replace: `    start: "cancel-requested",\n    ...OUTCOMES,\n    "report-success": "canceled",`,
    why: "a task that succeeded before its cancel arrived counts as canceled",
  }),
  rule("table-abort-forgets-dispatched", "transitions.ts", {
    find: `dispatched: { claim: "queued", cancel: "canceled", abort: "canceled",`,
    replace: `dispatched: { claim: "queued", cancel: "canceled",`,
    why: "an abort leaves what is dispatched",
  }),
  rule("dispatch-without-readiness", "run-draft.ts", {
    find: `if (to === null || (change === "dispatch" && !isReady(task))) return false;`,
    replace: "if (to === null) return false;",
    why: "a task is dispatched before what it needs",
  }),
  rule("event-without-change", "run-draft.ts", {
    find: "    if (to === from) return true;\n",
    replace: "",
    why: "a change that leaves the status writes an event",
  }),
  rule("started-forgotten", "run-draft.ts", {
    find: `    run.started ||= run.status !== "created";\n`,
    replace: "",
    why: "a run falls back to created between two tasks",
  }),
  rule("two-parents-count-once", "run-draft.ts", {
    find: "task.unmetNeeds -= count;",
    replace: "task.unmetNeeds -= 1;",
    why: "two needs met in one transaction count as one",
  }),
  rule("auto-does-not-resume", "run-draft.ts", {
    find: "return this.wasHeldBack && this.mayAutoDispatch;",
    replace: "return this.wasHeldBack && this.mayAutoDispatch && !this.run.started;",
    why: "what became ready in manual mode stays after the switch to auto",
  }),
  rule("settled-told-late", "run-draft.ts", {
    find: "    if (!settled) run.finishedAt = null;\n",
    replace: "",
    why: "a run that goes on keeps the time of its earlier end",
  }),
  rule("blocked-next-door-only", "readiness.ts", {
    find: "      front.push(next.id);\n",
    replace: "",
    why: "only direct dependents of a failure are blocked",
  }),
  rule("replay-loses-cancel", "event-status.ts", {
    find: `  "task.cancel_requested": "cancel-requested",\n`,
    replace: "",
    why: "a viewer that replays the events does not see a cancel",
  }),
  rule("pairs-are-no-cycle", "workflow-graph.ts", {
    find: "if (members.length > 1) cycles.push",
    replace: "if (members.length > 2) cycles.push",
    why: "two steps that need each other are accepted",
  }),
];
