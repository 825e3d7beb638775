import type { Assignment, Report, SyncAnswer, SyncRequest } from "../../runner/protocol";
import type { Engine } from "../engine/engine";
import type { RunnerIdentity } from "../engine/register-syncs";
import { syncRunner } from "../engine/sync-runner";

/** A runner that does what a test tells it, one sync at a time. */
export class FakeRunner {
  constructor(
    private readonly engine: Engine,
    readonly identity: RunnerIdentity,
    private readonly about: NonNullable<SyncRequest["runner"]> = { instance_id: "one", labels: [], slots: 100 },
  ) {}

  sync(request: Omit<SyncRequest, "runner"> = {}, signal?: AbortSignal): Promise<SyncAnswer> {
    return syncRunner(this.engine, {
      runner: this.identity,
      request: { runner: this.about, ...request },
      ...(signal ? { signal } : {}),
    });
  }

  /** Asks for up to `slots` tasks and takes what there is. */
  async take(slots = 1, waitMs = 0): Promise<Assignment[]> {
    return (await this.sync({ free_slots: slots, wait_ms: waitMs })).assignments;
  }

  async report(attemptId: string, status: Report["status"], rest: Partial<Report> = {}): Promise<boolean> {
    const answer = await this.sync({ reports: [{ attempt_id: attemptId, status, ...rest }] });
    return answer.reports[0]?.accepted ?? false;
  }
}

/** The first of a list that must have one. */
export function first<T>(list: readonly T[]): T {
  const [item] = list;
  if (item === undefined) throw new Error("the list is empty");
  return item;
}
