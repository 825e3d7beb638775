import type { Assignment, SyncAnswer } from "../../../../runner/protocol";
import type { ModelState } from "./model-state";
import type { SyncMessage } from "./sync-message";
import type { Answer } from "./wire";
import { LEASE_MS, type World } from "./world";

/** An answer that took longer says nothing of what overtook it on the way. */
const PROMPT_MS = 1_000;

/** Acts on the answer to a sync as the protocol says, and checks that it may be as it is. */
export function takeAnswer(world: World, state: ModelState, given: { message: SyncMessage; answer: Answer }): void {
  const { message, answer } = given;
  const said = JSON.parse(answer.text) as SyncAnswer;
  checkAnswer(world, state, given);
  takeReports(world, state, message, said, answer);
  for (const { attempt_id: id } of message.body.held) {
    const held = state.held.get(id);
    if (!held || said.lost.includes(id)) continue;
    held.heardAt = Math.max(held.heardAt, answer.sentAt);
    state.renewals.set(id, [...(state.renewals.get(id) ?? []), answer]);
  }
  for (const id of said.lost) {
    state.lost.add(id);
    state.held.delete(id);
    world.ledger.end(id, "stopped");
  }
  state.taken.push({
    instance: state.instance,
    serverTime: Date.parse(said.server_time),
    receivedAt: answer.receivedAt,
    mentioned: new Set([
      ...message.body.held.map((held) => held.attempt_id),
      ...message.body.reports.map((report) => report.attempt_id),
      ...said.assignments.map((assignment) => assignment.attempt_id),
    ]),
    given: said.assignments.map((assignment) => assignment.attempt_id),
    room: message.body.runner?.state === "draining" ? 0 : message.body.free_slots,
    isAlone: state.ghosts === 0 && answer.sentAt > state.hauntedUntil && answer.receivedAt - answer.sentAt < PROMPT_MS,
  });
  for (const assignment of said.assignments) takeAssignment(world, state, assignment, answer);
  for (const { attempt_id: id } of said.cancel) takeCancel(state, id);
}

/** What holds for every answer, also for one that is not acted on. */
export function checkAnswer(world: World, state: ModelState, given: { message: SyncMessage; answer: Answer }): void {
  const { message, answer } = given;
  const said = JSON.parse(answer.text) as SyncAnswer;
  const { body } = message;
  const who = state.runnerId.slice(0, 4);
  const answered = said.reports.map((report) => report.attempt_id).join();
  if (answered !== body.reports.map((report) => report.attempt_id).join())
    world.violate(`${who} reported on other attempts than were answered: ${answered}`);
  for (const [index, accepted] of message.mustAnswer) {
    const report = body.reports[index];
    if (said.reports[index]?.accepted !== accepted)
      world.violate(
        `${who}: the stale report ${JSON.stringify(report)} was ${accepted ? "refused" : "accepted"} (${JSON.stringify(state.endOf(report?.attempt_id ?? ""))})`,
      );
  }
  for (const report of said.reports)
    if (!report.accepted && report.code !== "lease_lost")
      world.violate(`${who}: a refused report has the code ${report.code}`);
  for (const id of message.mustLose)
    if (!said.lost.includes(id)) world.violate(`${who} was not told that ${id} is lost`);
  const mentioned = new Set([...body.held, ...body.reports].map((item) => item.attempt_id));
  for (const { attempt_id: id, key, task_id, run_id } of said.assignments) {
    if (mentioned.has(id)) world.violate(`${who} was sent ${key} (${id}) again although it had named it`);
    if (
      state.settled.some(
        (settled) => settled.accepted && settled.report.attempt_id === id && settled.at < answer.sentAt,
      )
    )
      world.violate(`${who} was sent ${key} (${id}) again although it had said that it runs`);
    if (wasStopped(world, run_id, task_id, answer.sentAt))
      world.violate(`${who} was given ${key} (${id}) after it or its run had been stopped`);
  }
  checkCancels(world, state, { message, said, sentAt: answer.sentAt });
}

/** What was canceled or aborted before the sync was sent is no longer anybody's to run. */
function checkCancels(
  world: World,
  state: ModelState,
  given: { message: SyncMessage; said: SyncAnswer; sentAt: number },
): void {
  const { message, said, sentAt } = given;
  const reported = new Set(message.body.reports.map((report) => report.attempt_id));
  const told = new Set([...said.lost, ...said.cancel.map((order) => order.attempt_id)]);
  for (const { attempt_id: id } of message.body.held) {
    const held = state.held.get(id);
    if (!held || reported.has(id) || told.has(id)) continue;
    if (wasStopped(world, held.runId, held.taskId, sentAt))
      world.violate(`${state.runnerId.slice(0, 4)} was not told to stop ${held.key} (${id})`);
  }
}

function wasStopped(world: World, runId: string, taskId: string, sentAt: number): boolean {
  const never = Number.POSITIVE_INFINITY;
  return Math.min(world.stoppedAt.get(runId) ?? never, world.stoppedAt.get(taskId) ?? never) < sentAt;
}

function takeReports(world: World, state: ModelState, message: SyncMessage, said: SyncAnswer, answer: Answer): void {
  const own = new Set(state.outbox);
  message.body.reports.forEach((report, index) => {
    const accepted = said.reports[index]?.accepted;
    if (accepted === undefined || !own.has(report)) return;
    state.settled.push({ runnerId: state.runnerId, report, accepted, at: answer.receivedAt });
    if (accepted && report.status !== "running") {
      world.ledger.accept(report.attempt_id);
      world.changed();
    }
  });
  state.outbox = state.outbox.filter((report) => !message.body.reports.includes(report));
}

function takeAssignment(world: World, state: ModelState, assignment: Assignment, answer: Answer): void {
  const { attempt_id: attemptId, key } = assignment;
  if (state.seen.has(attemptId)) return;
  state.seen.add(attemptId);
  const holder = world.given.get(attemptId);
  if (holder !== undefined) world.violate(`${key} (${attemptId}) was given to two runners`);
  world.given.set(attemptId, state.runnerId);
  state.held.set(attemptId, {
    attemptId,
    runId: assignment.run_id,
    taskId: assignment.task_id,
    key,
    status: "queued",
    isExecuting: false,
    roundsLeft: 0,
    heardAt: Math.min(answer.receivedAt, Date.parse(assignment.lease_expires_at) - LEASE_MS),
  });
}

/** One that it does not have, and has not ended, it reports as canceled. */
function takeCancel(state: ModelState, attemptId: string): void {
  const held = state.held.get(attemptId);
  if (held) held.status = "cancel-requested";
  else if (!state.outbox.some((report) => report.attempt_id === attemptId)) {
    state.seen.add(attemptId);
    state.outbox.push({ attempt_id: attemptId, status: "canceled" });
  }
}
