import { afterAll, beforeAll, expect, it } from "vitest";
import { makeRun, makeRunner, makeTeam, type TestRun, testEngine } from "../testing/factories";
import { FakeRunner, first } from "../testing/fake-runner";
import type { Engine } from "./engine";

let engine: Engine;
let run: TestRun;
let attemptId: string;

beforeAll(async () => {
  engine = testEngine();
  const teamId = await makeTeam(engine);
  const runner = new FakeRunner(engine, await makeRunner(engine, teamId));
  run = await makeRun(engine, { teamId, needs: { a: [], b: ["a"] }, dispatch: "auto" });
  attemptId = first(await runner.take()).attempt_id;
});
afterAll(() => engine.stop());

it.each<[string, string, string]>([
  [
    "a live attempt without a lease",
    "attempt_live_has_lease",
    "UPDATE attempt SET lease_expires_at = NULL WHERE id = $attempt",
  ],
  [
    "two live attempts of a task",
    "attempt_one_live_per_task",
    `INSERT INTO attempt (id, task_id, run_id, number, runner_id, instance_id, sync_number, claimed_at, lease_expires_at)
     SELECT gen_random_uuid(), task_id, run_id, 2, runner_id, instance_id, 1, claimed_at, lease_expires_at
     FROM attempt WHERE id = $attempt`,
  ],
  ["an event number twice", "event_pkey", "INSERT INTO event SELECT * FROM event WHERE run_id = $run AND number = 1"],
  ["a status that is no word", "task_status_known", "UPDATE task SET status = 'done' WHERE run_id = $run"],
  [
    "a dispatch before what it needs",
    "task_active_needs_are_met",
    "UPDATE task SET status = 'dispatched' WHERE run_id = $run AND key = 'b'",
  ],
  [
    "a task in a runner's hands without an attempt",
    "task_held_has_attempt",
    "UPDATE task SET attempt_id = NULL WHERE run_id = $run AND key = 'a'",
  ],
  [
    "the aborted flag without the status",
    "workflow_run_aborted_is_final",
    "UPDATE workflow_run SET aborted = true WHERE id = $run",
  ],
  [
    "an ended attempt that nobody ended",
    "attempt_end_has_author",
    "UPDATE attempt SET ended_at = now(), lease_expires_at = NULL WHERE id = $attempt",
  ],
  ["an unknown mode", "workflow_run_dispatch_known", "UPDATE workflow_run SET dispatch = 'soon' WHERE id = $run"],
])("the schema refuses %s", async (_name, constraint, sql) => {
  const text = sql.replaceAll("$run", `'${run.runId}'`).replaceAll("$attempt", `'${attemptId}'`);
  await expect(engine.pool.query(text)).rejects.toMatchObject({ constraint });
});
