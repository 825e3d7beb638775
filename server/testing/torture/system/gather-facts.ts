import type { AttemptFact, Disturbance, Facts } from "./facts";
import type { Scene } from "./faults";
import { readLedger } from "./ledger";
import type { Plan } from "./plan";

interface AttemptRow extends Omit<AttemptFact, "claimedAt" | "startedAt" | "endedAt"> {
  claimedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

interface TaskAnswer {
  id: string;
  key: string;
  status: string;
  attempt: number;
  exit_code: number | null;
}

interface LogAnswer {
  items: { seq: number; stream: string; text: string }[];
  next_after: number | null;
}

/** Reads what the database, the API, the ledger and the process table say about the schedule's run. */
export async function gatherFacts(scene: Scene, plan: Plan): Promise<Facts> {
  const { world, runId } = scene;
  const run = await world.server.call<{ status: string }>("GET", `/workflow-runs/${runId}`);
  const { items: tasks } = await world.server.call<{ items: TaskAnswer[] }>("GET", `/workflow-runs/${runId}/tasks`);
  const attempts = await readAttempts(scene);
  const logs: Facts["logs"] = new Map();
  for (const attempt of attempts) {
    const task = tasks.find(({ key }) => key === attempt.key);
    if (task) logs.set(attempt.id, await readLog(scene, task.id, attempt.number));
  }
  return {
    plan,
    runStatus: run.status,
    tasks,
    attempts,
    ledger: readLedger(scene.ledgerFile),
    disturbances: [...scene.disturbances, ...busyTimes(scene)],
    lastSeenMs: world.census.lastSeenMs,
    logs,
    asked: scene.asked,
  };
}

/** A machine that keeps this program or the server from their work keeps the runners from theirs. */
function busyTimes({ world }: Scene): Disturbance[] {
  return world.busyTimes.found.map((time) => ({
    ...{ what: "busy machine", runnerId: null, ...time },
    ...{ allows: "loss", isAway: false },
  }));
}

async function readAttempts({ world, runId }: Scene): Promise<AttemptFact[]> {
  const { rows } = await world.pool.query<AttemptRow>(
    `SELECT a.id, t.key, a.number, a.runner_id AS "runnerId", a.claimed_at AS "claimedAt", a.started_at AS "startedAt",
       a.ended_at AS "endedAt", a.ended_by AS "endedBy", a.reported_status AS "reportedStatus",
       a.exit_code AS "exitCode", a.reason
     FROM attempt a JOIN task t ON t.id = a.task_id WHERE a.run_id = $1 ORDER BY a.claimed_at, a.id`,
    [runId],
  );
  return rows.map((row) => ({
    ...row,
    claimedAt: row.claimedAt.getTime(),
    startedAt: row.startedAt?.getTime() ?? null,
    endedAt: row.endedAt?.getTime() ?? null,
  }));
}

async function readLog(
  { world }: Scene,
  taskId: string,
  attempt: number,
): Promise<{ text: string; gap: string | null }> {
  let text = "";
  let gap: string | null = null;
  for (let after: number | null = 0, last = 0; after !== null; ) {
    const where = `/tasks/${taskId}/logs?attempt=${attempt}&after=${after}&limit=1000`;
    const page: LogAnswer = await world.server.call<LogAnswer>("GET", where);
    for (const entry of page.items) {
      if (entry.seq !== last + 1) gap ??= `has entry ${entry.seq} after ${last}`;
      last = entry.seq;
      if (entry.stream === "stdout") text += entry.text;
    }
    after = page.items.length < 1_000 ? null : last;
  }
  return { text, gap };
}
