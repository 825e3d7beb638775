import type { RunChanges } from "@/server/read/run-changes";
import type { EventRow } from "@/server/read/run-history";
import type { RunSummary } from "@/server/read/run-summary";
import type { RunTaskTable } from "@/server/read/run-task-table";
import type { TaskRow } from "@/server/read/task-row";

export interface RunTask extends TaskRow {
  /** Positions of the tasks it needs. */
  needs: number[];
}

/** `tasks` holds what changed; null: everything may have. */
type Listener = (tasks: RunTask[] | null) => void;

/** What the run page shows, kept up to date by the stream. Listeners hear of changes at most ten times a second. */
export class RunStore {
  run: RunSummary;
  /** In template order; null until they have been loaded. */
  tasks: RunTask[] | null = null;
  /** Events that came while the page is open, newest first. */
  events: EventRow[] = [];
  version = 0;
  private byId = new Map<string, RunTask>();
  private seen: number;
  private early: RunChanges[] = [];
  private listeners = new Set<Listener>();

  constructor(run: RunSummary) {
    this.run = run;
    this.seen = run.lastEventNumber;
  }

  /** The newest event that is shown here. */
  eventNumber = (): number => this.seen;

  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  task(id: string | null): RunTask | null {
    return (id === null ? undefined : this.byId.get(id)) ?? null;
  }

  /** Takes the whole list of tasks, then what came while it was on its way. */
  load(table: RunTaskTable): void {
    this.tasks = table.tasks.map(
      (
        [
          id,
          key,
          name,
          status,
          readiness,
          attempt,
          reason,
          exitCode,
          runner,
          dispatchedAt,
          startedAt,
          finishedAt,
          needs,
        ],
        position,
      ) => ({
        id,
        position,
        key,
        name: name ?? key,
        status,
        readiness,
        attempt,
        reason,
        exitCode,
        runner,
        dispatchedAt,
        startedAt,
        finishedAt,
        needs,
      }),
    );
    this.byId = new Map(this.tasks.map((task) => [task.id, task]));
    for (const changes of this.early) if (changes.eventNumber > table.eventNumber) this.applyTasks(changes);
    this.early = [];
    this.changed(null);
  }

  /** Takes what the stream says; changes that are already shown change nothing. */
  apply(changes: RunChanges): void {
    if (changes.run.lastEventNumber >= this.run.lastEventNumber) this.run = changes.run;
    const fresh = changes.events.filter((event) => event.number > this.seen);
    this.seen = Math.max(this.seen, changes.eventNumber);
    this.events = [...fresh.reverse(), ...this.events];
    if (this.tasks === null) {
      this.early.push(changes);
      this.changed([]);
    } else {
      this.changed(this.applyTasks(changes));
    }
  }

  private applyTasks(changes: RunChanges): RunTask[] {
    const touched: RunTask[] = [];
    for (const row of changes.tasks) {
      const known = this.byId.get(row.id);
      if (!known) continue;
      // Without a list of what is blocked, what was blocked still is.
      const stays = !changes.blocked && known.readiness === "blocked" && row.readiness === "waiting";
      touched.push(this.replace({ ...row, readiness: stays ? "blocked" : row.readiness, needs: known.needs }));
    }
    if (!changes.blocked) return touched;
    const blocked = new Set(changes.blocked);
    for (const task of this.tasks ?? []) {
      if (blocked.has(task.id) && task.readiness !== "blocked")
        touched.push(this.replace({ ...task, readiness: "blocked" }));
      else if (!blocked.has(task.id) && task.readiness === "blocked")
        touched.push(this.replace({ ...task, readiness: "waiting" }));
    }
    return touched;
  }

  private replace(task: RunTask): RunTask {
    this.byId.set(task.id, task);
    if (this.tasks) this.tasks[task.position] = task;
    return task;
  }

  private changed(tasks: RunTask[] | null): void {
    this.version += 1;
    for (const listener of this.listeners) listener(tasks);
  }
}
