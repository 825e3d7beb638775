import type { EventRow } from "@/server/read/run-history";

/** What happened, as a sentence: "Mira dispatched clean-us". */
export function eventSentence(event: EventRow): string {
  const task = event.taskKey ?? "a task";
  const who = event.actor;
  const why = reasonOf(event);
  switch (event.type) {
    case "workflow_run.created":
      return `${who} created the run`;
    case "workflow_run.running":
      return "The run started";
    case "workflow_run.paused":
      return `${who} paused the run`;
    case "workflow_run.resumed":
      return `${who} resumed the run`;
    case "workflow_run.succeeded":
      return "The run succeeded";
    case "workflow_run.failed":
      return "The run failed";
    case "workflow_run.aborted":
      return `${who} aborted the run${why}`;
    case "workflow_run.settled":
      return "Nothing of the run is active any more";
    case "workflow_run.dispatch_mode_changed":
      return `${who} switched dispatch to ${text(event.data.dispatch) ?? "another mode"}`;
    case "task.dispatched":
      return event.actorType === "user" || event.actorType === "api_token"
        ? `${who} dispatched ${task}`
        : `${task} was dispatched${why}`;
    case "task.queued":
      return event.actorType === "runner"
        ? `${who} took ${task}`
        : `${task} was given to ${text(event.data.runner_name) ?? "a runner"}`;
    case "task.running":
      return `${task} started on ${who}`;
    case "task.cancel_requested":
      return `${who} asked ${task} to stop${why}`;
    case "task.succeeded":
      return `${task} succeeded on ${who}`;
    case "task.failed":
      return `${task} failed${exitOf(event)}${why}`;
    case "task.canceled":
      return event.actorType === "runner" ? `${task} was stopped on ${who}${why}` : `${who} canceled ${task}${why}`;
    case "task.submit_failed":
      return `${task} could not be started${why}`;
    case "task.skipped":
      return `${task} was skipped${why}`;
    case "task.retry_scheduled":
      return `${task} will be tried again`;
    case "task.reset":
      return `${who} reset ${task}`;
  }
}

function exitOf(event: EventRow): string {
  return typeof event.data.exit_code === "number" ? ` with exit code ${event.data.exit_code}` : "";
}

function reasonOf(event: EventRow): string {
  const reason = text(event.data.reason);
  if (reason === null) return "";
  return reason === "timed-out"
    ? ": time limit exceeded"
    : reason === "runner-lost"
      ? ": its runner was lost"
      : `: ${reason}`;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
