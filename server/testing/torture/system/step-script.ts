/** How a step takes SIGTERM, and whom it leaves behind. */
export const MANNERS = ["plain", "polite", "deaf", "family", "loud-family", "escapee"] as const;
export type Manner = (typeof MANNERS)[number];

export interface StepPlan {
  key: string;
  needs: string[];
  /** Runs on the runner that `npm start` brings along instead of the lane's own. */
  isLocal: boolean;
  manner: Manner;
  sleepMs: number;
  /** Lines printed before and after the sleep. */
  rows: [number, number];
  exitCode: number;
}

const NOTE = `note() { printf '%s %s %s %s %s %s %s\\n' "$1" "$SWITCHYARD_RUN_ID" "$SWITCHYARD_TASK_KEY" "$SWITCHYARD_ATTEMPT" "$SWITCHYARD_ATTEMPT_ID" "$2" "\${EPOCHREALTIME//[.,]/}" >> "$LEDGER"; }
rows() { local i; for ((i = $1; i <= $2; i++)); do echo "row $i of $SWITCHYARD_TASK_KEY"; done; }`;

const BEHAVIOUR: Record<Manner, string> = {
  plain: ":",
  polite: "trap 'exit 0' TERM",
  deaf: "trap '' TERM",
  family: "(trap '' TERM; sleep 60; true) > /dev/null 2>&1 &",
  "loud-family": "(trap '' TERM; sleep 60; true) &",
  escapee: "setsid bash -c \"trap '' TERM; sleep 60; true\" > /dev/null 2>&1 &",
};

/** The script of a step: each line of the ledger is one small write to a file opened for appending. */
export function stepScript(step: StepPlan): string {
  const [before, after] = step.rows;
  return [
    // What the shell itself says about children that were killed is no part of the output that is compared.
    "exec 2> /dev/null",
    NOTE,
    "note start $$",
    BEHAVIOUR[step.manner],
    `rows 1 ${before}`,
    // In pieces, so that a trap is heard between them.
    `for _ in 1 2 3 4; do sleep ${(step.sleepMs / 4_000).toFixed(3)}; done`,
    `rows ${before + 1} ${before + after}`,
    `note end ${step.exitCode}`,
    `exit ${step.exitCode}`,
  ].join("\n");
}

/** What the whole output of a step is. */
export function stepOutput(step: StepPlan): string {
  const count = step.rows[0] + step.rows[1];
  return Array.from({ length: count }, (_row, index) => `row ${index + 1} of ${step.key}\n`).join("");
}
