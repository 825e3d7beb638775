import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPool, type Pool } from "../db/pool";
import { readLogPage } from "./log-page";
import { readRunChanges } from "./run-changes";
import { readRunGraph } from "./run-graph";
import { readRunHistory } from "./run-history";
import { readRunPage } from "./run-page";
import { readRunTaskTable } from "./run-task-table";
import { readRunsListPage } from "./runs-list-page";
import { readTaskDrawer } from "./task-drawer";

const teamId = randomUUID();
const otherTeamId = randomUUID();
let db: Pool;

beforeAll(async () => {
  db = createPool(process.env.DATABASE_URL ?? "");
  await db.query("INSERT INTO team (id, name) VALUES ($1, 'Ours'), ($2, 'Theirs')", [teamId, otherTeamId]);
});
afterAll(() => db.end());

describe("a run's page", () => {
  it("names what would be dispatched next and counts what is ready", async () => {
    const run = await insertRun({ a: "success", b: "created", c: "created" });
    const page = await readRunPage(db, { teamId, number: run.number });
    expect(page?.run.nextReady?.key).toBe("b");
    expect(page?.run.readyCount).toBe(1);
    expect(page?.run.firstFailure).toBeNull();
  });

  it("packs tasks with the positions of what they need", async () => {
    const run = await insertRun({ a: "created", b: "created", c: "created" });
    const table = await readRunTaskTable(db, { teamId, runId: run.id });
    expect(table?.tasks.map((task) => [task[1], task[4], task[12]])).toEqual([
      ["a", "ready", []],
      ["b", "waiting", [0]],
      ["c", "waiting", [1]],
    ]);
  });

  it("says what is blocked behind a failure, however far", async () => {
    const run = await insertRun({ a: "failed", b: "created", c: "created" });
    const graph = (await readRunGraph(db, { teamId, runId: run.id })) ?? [];
    expect(graph.filter((task) => task.readiness === "blocked").map((task) => task.key)).toEqual(["b", "c"]);
  });

  it("belongs to its team alone", async () => {
    const run = await insertRun({ a: "created" });
    const theirs = { teamId: otherTeamId, runId: run.id };
    expect(await readRunPage(db, { teamId: otherTeamId, number: run.number })).toBeNull();
    expect(await readRunTaskTable(db, theirs)).toBeNull();
    expect(await readRunGraph(db, theirs)).toBeNull();
    expect(await readRunHistory(db, { ...theirs, after: 0, limit: 10 })).toEqual([]);
    expect(await readRunChanges(db, { ...theirs, after: 0, failures: null })).toBeNull();
    expect(await readTaskDrawer(db, { teamId: otherTeamId, taskId: run.tasks.a ?? "" })).toBeNull();
    expect(await readLogPage(db, { ...log(run.tasks.a), teamId: otherTeamId })).toBeNull();
  });
});

describe("what changed", () => {
  it("brings along the tasks that a success has made ready", async () => {
    const run = await insertRun({ a: "success", b: "created", c: "created" });
    await insertEvents(run.id, ["workflow_run.created", "task.succeeded"], run.tasks.a);
    const changes = await readRunChanges(db, { teamId, runId: run.id, after: 1, failures: 0 });
    expect(changes?.eventNumber).toBe(2);
    expect(changes?.events.map((event) => event.type)).toEqual(["task.succeeded"]);
    expect(changes?.tasks.map((task) => [task.key, task.status, task.readiness])).toEqual([
      ["a", "success", "ready"],
      ["b", "created", "ready"],
    ]);
    expect(changes?.blocked).toBeUndefined();
  });

  it("names everything that a failure blocks", async () => {
    const run = await insertRun({ a: "failed", b: "created", c: "created" });
    await insertEvents(run.id, ["workflow_run.created", "task.failed"], run.tasks.a);
    const changes = await readRunChanges(db, { teamId, runId: run.id, after: 0, failures: 0 });
    expect(changes?.blocked?.sort()).toEqual([run.tasks.b, run.tasks.c].sort());
    expect(changes?.run.firstFailure?.key).toBe("a");
  });

  it("is nothing when nothing has happened since", async () => {
    const run = await insertRun({ a: "created" });
    await insertEvents(run.id, ["workflow_run.created"], undefined);
    expect(await readRunChanges(db, { teamId, runId: run.id, after: 1, failures: 0 })).toBeNull();
  });
});

describe("the runs list", () => {
  it("is read page by page without gaps or doubles", async () => {
    for (let count = 0; count < 5; count++) await insertRun({ a: "created" });
    const numbers: number[] = [];
    let before: number | null = null;
    do {
      const page: Awaited<ReturnType<typeof readRunsListPage>> = await readRunsListPage(db, {
        teamId,
        before,
        limit: 2,
      });
      numbers.push(...page.runs.map((run) => run.number));
      before = page.nextBefore;
    } while (before !== null);
    expect(numbers).toEqual(Array.from({ length: lastNumber }, (_, index) => lastNumber - index));
  });
});

describe("a log", () => {
  it("is read from its end, forward and backward", async () => {
    const run = await insertRun({ a: "success" });
    await insertLog(run.tasks.a ?? "", run.id, ["one\n", "two\n", "three\n", "four\n"]);
    const seqs = async (which: object) =>
      (await readLogPage(db, { ...log(run.tasks.a), ...which }))?.pieces.map((piece) => piece.seq);
    expect(await seqs({ limit: 2 })).toEqual([3, 4]);
    expect(await seqs({ before: 3, limit: 10 })).toEqual([1, 2]);
    expect(await seqs({ after: 2, limit: 1 })).toEqual([3]);
    expect(await seqs({ after: 4, limit: 10 })).toEqual([]);
  });

  it("of a task that nobody has claimed is empty", async () => {
    const run = await insertRun({ a: "created" });
    expect(await readLogPage(db, log(run.tasks.a))).toEqual({ attempt: null, ended: false, pieces: [] });
  });
});

let lastNumber = 0;

function log(taskId: string | undefined) {
  return { teamId, taskId: taskId ?? "", attempt: null, after: null, before: null, limit: 100 };
}

/** A run whose tasks need one another in a row. */
async function insertRun(
  statuses: Record<string, string>,
): Promise<{ id: string; number: number; tasks: Record<string, string> }> {
  const id = randomUUID();
  lastNumber += 1;
  const counts: Record<string, number> = {};
  for (const status of Object.values(statuses)) counts[status] = (counts[status] ?? 0) + 1;
  await db.query(
    `INSERT INTO workflow_run (id, team_id, number, name, title, dispatch, on_failure, env, counts, last_event_at, created_by, created_at)
     VALUES ($1, $2, $3, 'row', 'row', 'manual', 'continue', '{}', $4, now(), '{"name": "Mira"}', now())`,
    [id, teamId, lastNumber, counts],
  );
  const tasks: Record<string, string> = {};
  let previous: { id: string; status: string } | null = null;
  for (const [key, status] of Object.entries(statuses)) {
    const taskId = randomUUID();
    const unmet = previous && previous.status !== "success" ? 1 : 0;
    await db.query(
      `INSERT INTO task (id, run_id, team_id, position, key, name, status, spec, runs_on, unmet_needs)
       VALUES ($1, $2, $3, $4, $5, $5, $6, '{"run": "true", "shell": "bash", "env": {}}', '{}', $7)`,
      [taskId, id, teamId, Object.keys(tasks).length, key, status, unmet],
    );
    if (previous)
      await db.query("INSERT INTO dependency (run_id, task_id, needs_task_id) VALUES ($1, $2, $3)", [
        id,
        taskId,
        previous.id,
      ]);
    tasks[key] = taskId;
    previous = { id: taskId, status };
  }
  return { id, number: lastNumber, tasks };
}

async function insertEvents(runId: string, types: string[], taskId: string | undefined): Promise<void> {
  for (const [index, type] of types.entries())
    await db.query(
      `INSERT INTO event (run_id, number, type, task_id, at, actor_type, actor_name, data)
       VALUES ($1, $2, $3, $4, now(), 'runner', 'local', '{}')`,
      [runId, index + 1, type, type.startsWith("task.") ? taskId : null],
    );
  await db.query("UPDATE workflow_run SET last_event_number = $2 WHERE id = $1", [runId, types.length]);
}

async function insertLog(taskId: string, runId: string, texts: string[]): Promise<void> {
  const runnerId = randomUUID();
  const attemptId = randomUUID();
  await db.query("INSERT INTO runner (id, team_id, name, token_hash) VALUES ($1, $2, 'local', $3)", [
    runnerId,
    teamId,
    runnerId,
  ]);
  await db.query(
    `INSERT INTO attempt (id, task_id, run_id, number, runner_id, instance_id, sync_number, claimed_at, ended_at, ended_by)
     VALUES ($1, $2, $3, 1, $4, 'i', 1, now(), now(), 'runner')`,
    [attemptId, taskId, runId, runnerId],
  );
  await db.query("UPDATE task SET attempt = 1, attempt_id = $2 WHERE id = $1", [taskId, attemptId]);
  for (const [index, text] of texts.entries())
    await db.query("INSERT INTO log_entry (attempt_id, seq, stream, at, text) VALUES ($1, $2, 'stdout', now(), $3)", [
      attemptId,
      index + 1,
      text,
    ]);
}
