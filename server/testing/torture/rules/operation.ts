import type { DispatchMode, FailurePolicy } from "../../../core/status";
import type { TaskChange } from "../../../core/transitions";
import type { Needs } from "./random-graph";

/** What a run is made of. */
export interface RunPlan {
  needs: Needs;
  dispatch: DispatchMode;
  onFailure: FailurePolicy;
}

/** One thing that a person, a runner or the sweeper does to a run; tasks are named by their place. */
export type Operation =
  | { kind: "change"; task: number; change: TaskChange }
  /** `dispatch-ready` with a number, or with keys. */
  | { kind: "dispatch-first"; count: number }
  | { kind: "dispatch-keys"; tasks: number[] }
  | { kind: "abort" }
  | { kind: "mode"; dispatch: DispatchMode }
  | { kind: "pause" }
  | { kind: "resume" };

/** What is done under one lock: the operations, what follows from them, then claims of what is dispatched by then. */
export interface Transaction {
  operations: Operation[];
  claims: number;
}

/** What came of an operation; a refusal changes nothing. */
export type Answer = "done" | "nothing" | "refused";

/** One line for people. */
export function describe({ operations, claims }: Transaction): string {
  const parts = operations.map((operation) => {
    switch (operation.kind) {
      case "change":
        return `${operation.change} t${operation.task}`;
      case "dispatch-first":
        return `dispatch the first ${operation.count}`;
      case "dispatch-keys":
        return `dispatch ${operation.tasks.map((task) => `t${task}`).join(" ")}`;
      case "mode":
        return `mode ${operation.dispatch}`;
      default:
        return operation.kind;
    }
  });
  if (claims > 0) parts.push(`claim ${claims}`);
  return parts.join("; ");
}

/** One line for people. */
export function describePlan({ needs, dispatch, onFailure }: RunPlan): string {
  const graph = needs.map((list, place) => `t${place}(${list.map((need) => `t${need}`).join(" ")})`).join(" ");
  return `create ${dispatch}, on-failure ${onFailure}: ${graph}`;
}
