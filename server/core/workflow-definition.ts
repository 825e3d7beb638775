/** What the workflow format's parser makes of a definition; stored with every template version. */
import type { DispatchMode, FailurePolicy } from "./status";

export type Shell = "bash" | "sh";

/** What a runner needs to know to execute a step; times in seconds. */
export interface TaskSpec {
  run: string;
  shell: Shell;
  /** The step's own variables; the workflow's are added when it is claimed. */
  env: Record<string, string>;
  workingDirectory?: string;
  timeoutSeconds?: number;
}

export interface StepDefinition {
  key: string;
  name: string;
  /** Keys, each once, in the order of the file. */
  needs: string[];
  /** Labels that a runner must offer, all of them. */
  runsOn: string[];
  spec: TaskSpec;
}

export interface WorkflowDefinition {
  name: string;
  description?: string;
  runName?: string;
  dispatch: DispatchMode;
  onFailure: FailurePolicy;
  env: Record<string, string>;
  /** In template order. */
  steps: StepDefinition[];
}

/** One thing wrong with a definition. `pointer` is a JSON pointer into it; `line` and `column` count from 1. */
export interface Problem {
  code: string;
  message: string;
  pointer: string;
  line?: number;
  column?: number;
}

export interface WorkflowStats {
  steps: number;
  edges: number;
  /** Tasks on the longest path. */
  depth: number;
  /** Tasks at the fullest depth. */
  width: number;
}
