import { describe, expect, it } from "vitest";
import { noTasks } from "@/server/core/status";
import type { RunChanges } from "@/server/read/run-changes";
import type { RunSummary } from "@/server/read/run-summary";
import type { PackedTask, RunTaskTable } from "@/server/read/run-task-table";
import type { TaskRow } from "@/server/read/task-row";
import { RunStore } from "./run-store";

describe("RunStore", () => {
  it("shows the tasks that were loaded", () => {
    const store = new RunStore(summary(1));
    store.load(table(1));
    expect(store.tasks?.map((task) => [task.key, task.status, task.needs])).toEqual([
      ["a", "created", []],
      ["b", "created", [0]],
    ]);
  });

  it("applies what the stream says and remembers the event's number", () => {
    const store = new RunStore(summary(1));
    store.load(table(1));
    store.apply(changes(3, [row("a", { status: "running" })]));
    expect(store.task("a")?.status).toBe("running");
    expect(store.eventNumber()).toBe(3);
    expect(store.events.map((event) => event.number)).toEqual([3, 2]);
  });

  it("keeps changes that arrive before the tasks do", () => {
    const store = new RunStore(summary(1));
    store.apply(changes(2, [row("a", { status: "running" })]));
    store.load(table(1));
    expect(store.task("a")?.status).toBe("running");
  });

  it("does not go back to changes that are older than the tasks it loaded", () => {
    const store = new RunStore(summary(1));
    store.apply(changes(2, [row("a", { status: "running" })]));
    store.load(table(5, "success"));
    expect(store.task("a")?.status).toBe("success");
  });

  it("marks and unmarks what is blocked", () => {
    const store = new RunStore(summary(1));
    store.load(table(1));
    store.apply({ ...changes(2, [row("a", { status: "failed" })]), blocked: ["b"] });
    expect(store.task("b")?.readiness).toBe("blocked");
    store.apply({ ...changes(3, [row("a", { status: "created", readiness: "ready" })]), blocked: [] });
    expect(store.task("b")?.readiness).toBe("waiting");
  });

  it("shows a repeated event once", () => {
    const store = new RunStore(summary(1));
    store.load(table(1));
    store.apply(changes(2, []));
    store.apply(changes(2, []));
    expect(store.events.map((event) => event.number)).toEqual([2]);
  });
});

function summary(lastEventNumber: number): RunSummary {
  return {
    id: "run",
    number: 1,
    name: "n",
    title: "n",
    status: "running",
    settled: false,
    paused: false,
    dispatch: "manual",
    onFailure: "continue",
    counts: { ...noTasks(), created: 2 },
    readyCount: 1,
    dispatchableCount: 1,
    nextReady: null,
    firstFailure: null,
    templateId: null,
    templateVersion: null,
    createdBy: "Mira",
    createdAt: 0,
    startedAt: null,
    finishedAt: null,
    lastEventNumber,
  };
}

function table(eventNumber: number, status: PackedTask[3] = "created"): RunTaskTable {
  return {
    eventNumber,
    tasks: [
      ["a", "a", null, status, "ready", 0, null, null, null, null, null, null, []],
      ["b", "b", null, "created", "waiting", 0, null, null, null, null, null, null, [0]],
    ],
  };
}

function row(id: string, change: Partial<TaskRow>): TaskRow {
  return {
    id,
    position: id === "a" ? 0 : 1,
    key: id,
    name: id,
    status: "created",
    readiness: "waiting",
    attempt: 0,
    reason: null,
    exitCode: null,
    runner: null,
    dispatchedAt: null,
    startedAt: null,
    finishedAt: null,
    ...change,
  };
}

function changes(eventNumber: number, tasks: TaskRow[]): RunChanges {
  const events = Array.from({ length: eventNumber - 1 }, (_, index) => ({
    number: index + 2,
    type: "task.running" as const,
    taskId: "a",
    taskKey: "a",
    at: 0,
    actorType: "runner" as const,
    actor: "local",
    data: {},
  }));
  return { eventNumber, events, run: summary(eventNumber), tasks };
}
