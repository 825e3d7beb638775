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
  runner("ignores-cancel", "sync-loop.ts", {
    find: "for (const order of answer.cancel) this.work.cancel(order);",
    replace: `for (const order of answer.cancel) if (order.attempt_id === "") this.work.cancel(order);`,
    why: "a canceled process goes on",
  }),
  runner("two-on-one-state", "state-directory.ts", {
    find: "    await end(holder, directory);\n",
    replace: "",
    why: "a second start works on the files of the first one beside it",
  }),
  runner("lease-by-wall-clock", "work.ts", {
    find: `    let first = Number.POSITIVE_INFINITY;
    const now = performance.now();`,
    replace: `    let first = Number.POSITIVE_INFINITY;
    const now = Date.now() - performance.timeOrigin;`,
    why: "a step of the wall clock ends every lease",
  }),
  runner("journal-not-read", "journal.ts", {
    find: "    for (const name of earlier) this.read(path.join(directory, name));\n",
    replace: "",
    why: "a restarted runner knows nothing of what it had",
  }),
  runner("no-sigkill", "stop-processes.ts", {
    find: "  await killProcesses(target);\n}",
    replace: "}",
    why: "a process that ignores SIGTERM lives on",
  }),
  runner("log-dropped-on-errors", "log-uploader.ts", {
    find: "return Math.max(outcome.afterMs ?? 0, this.failed(feed));",
    replace: "return this.skipAll(feed);",
    why: "output that met an error on its way is given up",
  }),
  runner("output-not-drained", "attempt.ts", {
    find: "await Promise.race([drained.then(() => true), delay(LEAK_WAIT_MS, false)]);",
    replace: "await Promise.race([drained.then(() => true), delay(0, true)]);",
    why: "a step is over before its last output has been read",
  }),
  runner("exit-code-lost", "attempt.ts", {
    find: `: { status: "failed", exit_code: code, reason };`,
    replace: `: { status: "failed", exit_code: null, reason };`,
    why: "how a command failed is not told",
  }),
];
