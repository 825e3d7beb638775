import type { EventType, TaskStatus } from "../../../core/status";
import type { Outcome, OutcomeAttempt, OutcomeEvent } from "./read-outcome";
import type { World } from "./world";

/** How often a lease may run out before the task has to fail. */
const LEASES_LOST_MAX = 2;

/** Every end of an attempt is one event of the right kind, time and actor, and no event has another cause. */
export function judgeEvents(world: World, { attempts, events }: Outcome): void {
  const ends = new Map<string, OutcomeEvent[]>();
  const claims = new Map<string, OutcomeEvent[]>();
  const lost = new Map<string, number>();
  for (const event of events) {
    judgeActor(world, event, attempts);
    const id = event.data.attempt_id;
    if (event.type === "task.dispatched" && event.task_id !== null) {
      const count = event.data.from === "queued" ? (lost.get(event.task_id) ?? 0) + 1 : 0;
      lost.set(event.task_id, count);
      if (count > LEASES_LOST_MAX) world.violate(`event ${event.number} dispatches again for the ${count}rd time`);
    }
    if (id === undefined || event.type === "task.running") continue;
    const list = event.type === "task.queued" ? claims : ends;
    list.set(id, [...(list.get(id) ?? []), event]);
  }
  for (const attempt of attempts.values()) {
    const name = `attempt ${attempt.number} of ${attempt.key} (${attempt.id})`;
    const [end, ...more] = ends.get(attempt.id) ?? [];
    if (claims.get(attempt.id)?.length !== 1) world.violate(`${name} has ${claims.get(attempt.id)?.length} claims`);
    if (!end || more.length > 0) world.violate(`${name} has ${(end ? 1 : 0) + more.length} events of its end`);
    else judgeEnd(world, { attempt, end, name });
  }
}

function judgeEnd(
  world: World,
  { attempt, end, name }: { attempt: OutcomeAttempt; end: OutcomeEvent; name: string },
): void {
  const from = end.data.from ?? "created";
  const expected =
    attempt.ended_by === "server" ? afterLease(from) : afterReport(from, attempt.reported_status ?? "nothing");
  if (!expected.includes(end.type)) world.violate(`${name}, ${from}, ended with ${end.type} in event ${end.number}`);
  if (end.task_id !== attempt.task_id) world.violate(`${name} ended in event ${end.number} of another task`);
  if (end.at.getTime() !== attempt.ended_at?.getTime())
    world.violate(
      `${name} ended ${attempt.ended_at?.toISOString()}, event ${end.number} is of ${end.at.toISOString()}`,
    );
  if (attempt.ended_by === "server" && end.data.why !== "runner-lost")
    world.violate(`event ${end.number} ends a lease because of ${end.data.why}`);
}

function afterLease(from: TaskStatus): EventType[] {
  if (from === "queued") return ["task.dispatched", "task.submit_failed"];
  return from === "running" ? ["task.failed"] : ["task.canceled"];
}

function afterReport(from: TaskStatus, status: string): EventType[] {
  if (status === "success") return ["task.succeeded"];
  if (status !== "submit-failed") return [status === "failed" ? "task.failed" : "task.canceled"];
  if (from === "queued") return ["task.submit_failed"];
  return [from === "running" ? "task.failed" : "task.canceled"];
}

/** Runners speak of their own attempts only; people and the server do what is theirs. */
function judgeActor(world: World, event: OutcomeEvent, attempts: Map<string, OutcomeAttempt>): void {
  const attempt = event.data.attempt_id === undefined ? undefined : attempts.get(event.data.attempt_id);
  const wrong = `event ${event.number} (${event.type}) has the actor ${event.actor_type} ${event.actor_id}`;
  switch (event.actor_type) {
    case "runner":
      if (!attempt || attempt.runner_id !== event.actor_id || !event.type.startsWith("task.")) world.violate(wrong);
      return;
    case "api_token":
      if (attempt || ["task.succeeded", "task.failed", "task.running", "task.queued"].includes(event.type))
        world.violate(wrong);
      return;
    case "system":
      if (["task.succeeded", "task.running", "task.queued", "workflow_run.created"].includes(event.type))
        world.violate(wrong);
      return;
    default:
      world.violate(wrong);
  }
}
