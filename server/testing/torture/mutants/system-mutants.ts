import type { Mutant } from "./mutant";

const runner = (name: string, file: string, patch: Pick<Mutant, "find" | "replace" | "why">): Mutant => ({
  name,
  tier: "system",
  file: `runner/${file}`,
  ...patch,
});

/** Wrong runners. Only files that the production build is not made of, so that every one runs on the same build. */
export const SYSTEM_MUTANTS: Mutant[] = [
  runner("starts-what-it-has-seen", "work.ts", {
    find: "const fresh = assignments.filter((assignment) => !this.seen.has(assignment.attempt_id));",
    replace: "const fresh = assignments;",
    why: "an assignment that comes twice is started twice",
  }),
  runner("result-not-in-journal", "work.ts", {
    find: `      this.write({ op: "ended", id, report, at });
      this.outbox.add(report);`,
    replace: "      this.outbox.add(report);",
    why: "a result that was not delivered is lost with the runner",
  }),
  runner("start-not-in-journal", "work.ts", {
    find: `for (const { id } of lives) this.journal.append({ op: "assigned", id, boot: this.boot });`,
    replace: `for (const { id } of lives) if (id === "") this.journal.append({ op: "assigned", id, boot: this.boot });`,
    why: "the journal is written after the start, if at all",
  }),
  runner("lease-not-watched", "work.ts", {
    find: `if (live.leaseUntil <= now) this.drop(live.id, "the lease ran out");
      else first`,
    replace: `if (live.leaseUntil > now) first`,
    why: "a runner that is cut off keeps processes whose lease has run out",
  }),
  runner("survivors-not-killed", "recover.ts", {
    find: "  await Promise.all(entries.map((entry) => killSurvivors(entry, boot)));\n",
    replace: "",
    why: "what a killed runner left running goes on",
  }),
  runner("restart-says-never-started", "recover.ts", {
    find: `const isCertain = entry.stage === "assigned" && entry.boot === boot;`,
    replace: "const isCertain = entry.boot === boot;",
    why: "a restarted runner is silent about what it had started",
  }),
  runner("restart-forgets-results", "recover.ts", {
    find: "    if (entry.report) return { id: entry.id, report: entry.report, isNew: false, endedAt };\n",
    replace: "",
    why: "a restarted runner reports what had ended well as lost",
  }),
  runner("log-not-resumed", "work.ts", {
    find: "if (size > 0) this.logs.resume(id, file, size, endedAt);",
    replace: "if (size < 0) this.logs.resume(id, file, size, endedAt);",
    why: "output that was not delivered is lost with the runner",
  }),
  runner("kills-only-the-child", "stop-processes.ts", {
    find: `  return (await findMarkedProcesses()).get(target.attemptId) ?? [];
}

function signalGroup(target: Target, signal: NodeJS.Signals): void {
  if (target.group !== null) sendSignal(-target.group, signal);
}

function isAlive(target: Target): boolean {
  return target.group !== null && isGroupAlive(target.group);
}`,
    replace: `  return target.attemptId === "" ? [...(await findMarkedProcesses()).keys()].map(Number) : [];
}

function signalGroup(target: Target, signal: NodeJS.Signals): void {
  if (target.group !== null) sendSignal(target.group, signal);
}

function isAlive(target: Target): boolean {
  return target.group !== null && isGroupAlive(target.group) && sendSignal(target.group, 0);
}`,
    why: "children of a canceled command live on",
  }),
  runner("kills-only-the-group", "stop-processes.ts", {
    find: "return (await findMarkedProcesses()).get(target.attemptId) ?? [];",
    replace: `return (await findMarkedProcesses()).get(\`\${target.attemptId}-\`) ?? [];`,
    why: "children that left the group of a canceled command live on",
  }),
  runner("drops-results-on-errors", "sync-loop.ts", {
    find: `        this.retryLater(outcome.why, outcome.afterMs ?? 0);
    }`,
    replace: `        this.work.outbox.remove(new Set(reports));
        this.retryLater(outcome.why, outcome.afterMs ?? 0);
    }`,
    why: "a result is sent once, whether it arrived or not",
  }),
  runner("ignores-lost", "sync-loop.ts", {
    find: `for (const id of answer.lost) this.work.drop(id, "the server has ended the attempt");`,
    replace: `for (const id of answer.lost) if (id === "") this.work.drop(id, "the server has ended the attempt");`,
    why: "a process goes on after the server has ended its attempt",
  }),
  runner("ignores-cancel", "sync-loop.ts", {
    find: "for (const order of answer.cancel) this.work.cancel(order);",
    replace: `for (const order of answer.cancel) if (order.attempt_id === "") this.work.cancel(order);`,
    why: "a canceled process goes on",
  }),
  runner("ignores-replacement", "client.ts", {
    find: `return code === "runner_replaced" ? { kind: "replaced" } : { kind: "retry", why };`,
    replace: `return { kind: "retry", why };`,
    why: "a replaced runner goes on beside the new one",
  }),
];
