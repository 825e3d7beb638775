import { randomBytes } from "node:crypto";
import path from "node:path";
import { lowerBound } from "./example-bound";
import { ExampleClient, RefusedError } from "./example-client";
import { type ExampleInput, isSameWorkflow, readInput } from "./example-input";
import { readOptions } from "./example-options";
import { Progress, StatusLine } from "./example-progress";
import { startOwnRunner } from "./example-runner";
import { findServer } from "./example-server";
import { say } from "./progress.mjs";
import { onShutdown, runMain, shutDown, shutDownOnSignals } from "./shutdown.mjs";
import type { TimedStep } from "./wf-format";

const root = path.resolve(import.meta.dirname, "../..");
const REFRESH_MS = 200;
/** After so long without an event the reason is asked for. */
const QUIET_MS = 5_000;
const INTERRUPTED = 130;

interface Run {
  id: string;
  number: number;
  status: string;
  settled: boolean;
  created_at: string;
  finished_at: string | null;
}
interface Task {
  key: string;
  needs: string[];
  started_at: string | null;
  finished_at: string | null;
}

await runMain(async () => {
  const options = readOptions(process.argv.slice(2), process.env.SWITCHYARD_EXAMPLE_FROM ?? process.cwd());
  const input = readInput(options.file, { speed: options.speed, root });
  shutDownOnSignals(INTERRUPTED);
  const address = await findServer(root, process.env);
  const status = new StatusLine(process.stdout);
  const client = new ExampleClient(address, (isAway) => status.keep(isAway ? "… the server is away" : "… it is back"));

  const label = `example-${randomBytes(4).toString("hex")}`;
  const { slots } = options;
  if (slots !== null) await startOwnRunner({ root, address, client, label, slots });
  const templateId = await saveTemplate(client, input, slots === null ? null : label);
  const created = await client.call<Run>("POST", "/workflow-runs", {
    workflow_template_id: templateId,
    dispatch: "auto",
  });
  say(`Run #${created.number} of "${input.name}", ${input.count} tasks: ${address.url}/runs/${created.number}`);
  let isOver = false;
  onShutdown(async () => {
    if (isOver) return;
    const reason = "npm run example was stopped";
    await client.lastCall("POST", `/workflow-runs/${created.id}/abort`, { reason }).catch(ignoreRefusal);
  });

  const run = await watch(client, created, new Progress(input.count), status);
  isOver = true;
  await report(client, run, input.steps, slots ?? (await slotsOnline(client)));
  await shutDown(run.status === "success" ? 0 : 1);
});

/** Saves the template under its name, or under one of its own when that is another's. */
async function saveTemplate(client: ExampleClient, input: ExampleInput, label: string | null): Promise<string> {
  const names = [input.name, `${input.name.slice(0, 180)} (${randomBytes(4).toString("hex")})`];
  for (const name of names) {
    const source = input.source(name, label);
    try {
      return (await client.call<{ id: string }>("POST", "/workflow-templates", source, "application/yaml")).id;
    } catch (error) {
      if (!(error instanceof RefusedError && error.code === "name_taken")) throw error;
      const same = label === null ? await findTemplate(client, name, source) : null;
      if (same !== null) return same;
    }
  }
  throw new Error("two names were taken");
}

async function findTemplate(client: ExampleClient, name: string, source: string): Promise<string | null> {
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await client.call<{ items: { id: string; name: string }[]; next_cursor: string | null }>(
      "GET",
      `/workflow-templates?limit=200${query}`,
    );
    const found = page.items.find((item) => item.name === name);
    if (found !== undefined) {
      const template = await client.call<{ source: string }>("GET", `/workflow-templates/${found.id}`);
      return isSameWorkflow(template.source, source) ? found.id : null;
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
  return null;
}

async function watch(client: ExampleClient, created: Run, progress: Progress, status: StatusLine): Promise<Run> {
  const startedAt = Date.now();
  let heardAt = Date.now();
  let why = "";
  const refresh = setInterval(() => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    status.update(`${seconds} s · ${progress.line()}${why}`);
    if (Date.now() - heardAt < QUIET_MS) return;
    heardAt = Date.now();
    void reasonOf(client, created.id).then((text) => {
      why = text;
    }, ignoreRefusal);
  }, REFRESH_MS);
  try {
    for await (const event of client.follow(created.id)) {
      heardAt = Date.now();
      why = "";
      const trouble = progress.take(event);
      if (trouble !== null) status.keep(trouble);
      if (!/^workflow_run\.(succeeded|settled)$/.test(event.type)) continue;
      const run = await client.call<Run>("GET", `/workflow-runs/${created.id}`);
      if (run.settled) return run;
    }
    throw new Error("the stream ended");
  } finally {
    clearInterval(refresh);
    status.keep(`${((Date.now() - startedAt) / 1000).toFixed(1)} s · ${progress.line()}`);
  }
}

/** Why nothing happens, in the server's words; nothing while a task runs. */
async function reasonOf(client: ExampleClient, runId: string): Promise<string> {
  const { blocked } = await client.call<{ blocked: { key: string; reasons: { code: string; message: string }[] }[] }>(
    "GET",
    `/workflow-runs/${runId}/plan`,
  );
  for (const { key, reasons } of blocked) {
    const reason = reasons.find(({ code }) => code === "no_runner_label" || code === "runner_offline");
    if (reason !== undefined) return ` · ${key}: ${reason.message}`;
  }
  return "";
}

async function report(
  client: ExampleClient,
  run: Run,
  recorded: TimedStep[] | null,
  slots: number | null,
): Promise<void> {
  const makespan = (Date.parse(run.finished_at ?? run.created_at) - Date.parse(run.created_at)) / 1000;
  const steps = recorded ?? (await measuredSteps(client, run.id));
  const { criticalPath, work, seconds } = lowerBound(steps, slots);
  const share = slots === null ? "" : `, work ${work.toFixed(2)} s / ${slots} slots = ${(work / slots).toFixed(2)} s`;
  const kind = recorded === null ? "measured" : "recorded";
  say(`status       ${run.status}`);
  say(`makespan     ${makespan.toFixed(2)} s`);
  say(`lower bound  ${seconds.toFixed(2)} s  (${kind}: critical path ${criticalPath.toFixed(2)} s${share})`);
  if (makespan > 0) say(`efficiency   ${((100 * seconds) / makespan).toFixed(0)} %`);
}

async function measuredSteps(client: ExampleClient, runId: string): Promise<TimedStep[]> {
  const { items } = await client.call<{ items: Task[] }>("GET", `/workflow-runs/${runId}/tasks?limit=20000`);
  return items.map(({ key, needs, started_at, finished_at }) => {
    const isTimed = started_at !== null && finished_at !== null;
    return { key, needs, seconds: isTimed ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : 0 };
  });
}

async function slotsOnline(client: ExampleClient): Promise<number | null> {
  const { items } = await client.call<{ items: { online?: boolean; slots?: number | null }[] }>("GET", "/runners");
  const slots = items.filter((runner) => runner.online).reduce((sum, runner) => sum + (runner.slots ?? 0), 0);
  return slots > 0 ? slots : null;
}

function ignoreRefusal(error: unknown): void {
  // The run ended by itself in between, or the reason cannot be had now: neither is worth ending for.
  if (!(error instanceof RefusedError)) throw error;
}
