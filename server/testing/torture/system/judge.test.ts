import { expect, test } from "vitest";
import type { AttemptFact, Disturbance, Facts } from "./facts";
import { judgeLogs } from "./judge-logs";
import { judgeOrder } from "./judge-order";
import { judgeOutcomes } from "./judge-outcomes";
import { judgePeople } from "./judge-people";
import type { LedgerEntry } from "./ledger";
import { stepOutput } from "./step-script";
import { CLEAR_UP_MS } from "./times";

const STEP = { isLocal: false, manner: "plain", sleepMs: 0, rows: [1, 1], exitCode: 0 } as const;
const FIRST = { ...STEP, rows: [...STEP.rows] as [number, number], key: "first", needs: [] };
const SECOND = { ...FIRST, key: "second", needs: ["first"] };

function attempt(key: string, more: Partial<AttemptFact> = {}): AttemptFact {
  return {
    ...{ id: `${key}-1`, key, number: 1, runnerId: "runner", claimedAt: 1_000, startedAt: 1_010, endedAt: 1_100 },
    ...{ endedBy: "runner", reportedStatus: "success", exitCode: 0, reason: null },
    ...more,
  };
}

function entry(key: string, atMs: number, exitCode: number | null = 0): [string, LedgerEntry] {
  const end = exitCode === null ? null : { exitCode, atMs: atMs + 20 };
  return [`${key}-1`, { attemptId: `${key}-1`, runId: "run", key, attempt: 1, starts: [{ pid: 1, atMs }], end }];
}

/** A run of two steps in which everything went as it should. */
function goodFacts(): Facts {
  return {
    plan: { steps: [FIRST, SECOND], faults: [], isAlone: false },
    runStatus: "success",
    tasks: [FIRST, SECOND].map(({ key }) => ({ key, status: "success", attempt: 1, exit_code: 0 })),
    attempts: [attempt("first"), attempt("second", { claimedAt: 1_200, startedAt: 1_210, endedAt: 1_300 })],
    ledger: new Map([entry("first", 1_020), entry("second", 1_220)]),
    disturbances: [],
    lastSeenMs: new Map([["first-1", 1_050]]),
    logs: new Map([FIRST, SECOND].map((step) => [`${step.key}-1`, { text: stepOutput(step), gap: null }])),
    asked: { abort: null, cancel: null },
  };
}

function judge(facts: Facts): string[] {
  return [...judgeOutcomes(facts), ...judgeOrder(facts), ...judgePeople(facts), ...judgeLogs(facts)];
}

function disturbance(allows: Disturbance["allows"], isAway = false): Disturbance {
  return { what: "test", runnerId: "runner", fromMs: 1_050, toMs: 1_060, allows, isAway };
}

test("what went well is not complained about", () => {
  expect(judge(goodFacts())).toEqual([]);
});

test.each<[what: string, spoil: (facts: Facts) => void, sentence: RegExp]>([
  [
    "a step that was started twice",
    ({ ledger }) => ledger.get("first-1")?.starts.push({ pid: 2, atMs: 1_030 }),
    /started 2 times/,
  ],
  [
    "a step before what it needs",
    ({ ledger }) => ledger.set(...entry("second", 1_000)),
    /started before first had ended well/,
  ],
  [
    "a step after a need that failed",
    ({ ledger }) => ledger.set(...entry("first", 1_020, 3)),
    /started before first had ended well/,
  ],
  ["an attempt that only the step knows", ({ attempts }) => attempts.pop(), /which the database does not know/],
  [
    "a success without a process",
    ({ ledger }) => ledger.delete("second-1"),
    /is success .* but the step never started/,
  ],
  [
    "a success of a step that failed",
    ({ ledger }) => ledger.set(...entry("second", 1_220, 3)),
    /ended with exit code 3/,
  ],
  ["an attempt that is still live", ({ attempts }) => Object.assign(attempts[0] ?? {}, { endedAt: null }), /is live/],
  [
    "a loss without a reason",
    ({ attempts }) =>
      Object.assign(attempts[0] ?? {}, { endedBy: "server", reportedStatus: null, reason: "runner-lost" }),
    /nothing was done to its runner/,
  ],
  [
    "a loss that its runner reports without a reason",
    ({ attempts }) => Object.assign(attempts[0] ?? {}, { reportedStatus: "failed", reason: "runner-lost" }),
    /is failed \(runner-lost\)/,
  ],
  [
    "a cancel that nobody asked for",
    ({ attempts }) => Object.assign(attempts[0] ?? {}, { reportedStatus: "canceled", reason: "why" }),
    /nobody asked/,
  ],
  [
    "another exit code at the task",
    ({ tasks }) => Object.assign(tasks[0] ?? {}, { exit_code: 4 }),
    /shows exit code 4/,
  ],
  [
    "a process that stays",
    ({ lastSeenMs }) => lastSeenMs.set("first-1", 1_100 + CLEAR_UP_MS + 5),
    /were seen 5 ms after they had to be gone/,
  ],
  [
    "an abort that had no effect",
    ({ asked }) => Object.assign(asked, { abort: { atMs: 1_000, answeredAtMs: 1_000, answer: 200 } }),
    /abort was acknowledged/,
  ],
  ["an abort of nobody", (facts) => Object.assign(facts, { runStatus: "aborted" }), /nobody was told so/],
  [
    "a step that goes on after its cancel",
    ({ asked, attempts }) => {
      asked.cancel = { key: "first", atMs: 1_000, answeredAtMs: 1_100, answer: 200 };
      Object.assign(attempts[0] ?? {}, { endedAt: 1_100 + CLEAR_UP_MS + 2_000 });
    },
    /went on for long/,
  ],
  [
    "a claim after a cancel",
    ({ asked, attempts }) => {
      asked.cancel = { key: "second", atMs: 1_000, answeredAtMs: 1_100, answer: 200 };
      Object.assign(attempts[1] ?? {}, { claimedAt: 1_101 });
    },
    /claimed again after its cancel/,
  ],
  [
    "a log with a gap",
    ({ logs }) => logs.set("first-1", { text: "", gap: "has entry 3 after 1" }),
    /has entry 3 after 1/,
  ],
  ["a log that ends early", ({ logs }) => logs.set("first-1", { text: "row 1", gap: null }), /ends after 5 of/],
  [
    "a log with a line twice",
    ({ logs }) => logs.set("first-1", { text: `${stepOutput(FIRST)}${stepOutput(FIRST)}`, gap: null }),
    /is not what it printed/,
  ],
])("%s is found", (_what, spoil, sentence) => {
  const facts = goodFacts();
  spoil(facts);
  expect(judge(facts).join("\n")).toMatch(sentence);
});

test("a runner that was away explains what it lost, and that its processes stayed", () => {
  const facts = goodFacts();
  Object.assign(facts.attempts[1] ?? {}, { endedBy: "server", reportedStatus: null, reason: "runner-lost" });
  facts.disturbances.push(disturbance("unstarted"));
  expect(judge(facts)).not.toEqual([]);
  facts.disturbances.push(disturbance("loss", true));
  facts.lastSeenMs.set("first-1", 1_100 + CLEAR_UP_MS - 1);
  expect(judge(facts)).toEqual([]);
});
