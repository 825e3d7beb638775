import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { parseWorkflow } from "../core/workflow-format";

const root = path.resolve(import.meta.dirname, "../..");
let server: Server | undefined;
afterEach(async () => {
  const started = server;
  server = undefined;
  if (started === undefined) return;
  started.closeAllConnections();
  await new Promise((resolve) => started.close(resolve));
});

const TIMES = { started_at: "2026-01-01T00:00:00.000Z", finished_at: "2026-01-01T00:00:01.500Z" };

/** A server that says the run took two seconds and ended like this; answers what was asked of it. */
async function serve(status: "success" | "failed") {
  const asked: { call: string; body: string }[] = [];
  const run = { id: "r", number: 7, status, settled: true, created_at: TIMES.started_at };
  const events = [
    { number: 1, type: "workflow_run.created", data: null },
    status === "success"
      ? { number: 2, type: "task.succeeded", task_key: "a", data: null }
      : { number: 2, type: "task.failed", task_key: "a", data: { exit_code: 3 } },
    { number: 3, type: status === "success" ? "workflow_run.succeeded" : "workflow_run.settled", data: null },
  ];
  const answers: Record<string, unknown> = {
    "POST /workflow-templates": { id: "t" },
    "POST /workflow-runs": run,
    "GET /workflow-runs/r": { ...run, finished_at: "2026-01-01T00:00:02.000Z" },
    "GET /workflow-runs/r/tasks": { items: [{ key: "a", needs: [], ...TIMES }] },
    "POST /runners": { id: "own", token: "a-token-of-the-runner" },
    "DELETE /runners/own": {},
    "GET /runners": {
      items: [
        { online: true, slots: 3 },
        { online: false, slots: 9 },
      ],
    },
  };
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const call = `${request.method} ${request.url?.replace("/api/v1", "").replace(/\?.*/, "")}`;
    asked.push({ call, body });
    if (call === "POST /api/runner/sync") return response.writeHead(503).end();
    if (call !== "GET /workflow-runs/r/stream") return response.end(JSON.stringify(answers[call]));
    response.writeHead(200, { "content-type": "text/event-stream" });
    return response.write(events.map((event) => `id: ${event.number}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function runExample(args: string[], url: string): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, SWITCHYARD_URL: url, SWITCHYARD_API_TOKEN: "a-token-of-the-test" };
  const script = ["--import", "tsx", "server/start/example.ts"];
  const child = spawn(process.execPath, [...script, ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

test("a successful run ends with makespan, bound and exit code 0", async () => {
  const { asked, url } = await serve("success");
  const { code, output } = await runExample(["examples/hello.yaml"], url);
  expect(output).toMatch(
    /status +success\nmakespan +2\.00 s\nlower bound +1\.50 s .*1\.50 s \/ 3 slots.*\nefficiency +75 %/,
  );
  expect(code).toBe(0);
  expect(asked.map(({ call }) => call).slice(0, 3)).toEqual([
    "POST /workflow-templates",
    "POST /workflow-runs",
    "GET /workflow-runs/r/stream",
  ]);
  expect(asked[0]?.body).toContain("name: hello");
  expect(JSON.parse(asked[1]?.body ?? "")).toEqual({ workflow_template_id: "t", dispatch: "auto" });
});

test("with --slots it brings a runner that only its steps ask for, and takes it away again", async () => {
  const { asked, url } = await serve("success");
  const { code, output } = await runExample(["examples/hello.yaml", "--slots", "2"], url);
  expect(output).toContain("1.50 s / 2 slots");
  expect(code).toBe(0);
  const calls = asked.map(({ call }) => call);
  expect(calls.filter((call) => call.endsWith("/runners") || call.endsWith("/own"))).toEqual([
    "POST /runners",
    "DELETE /runners/own",
  ]);
  const { name } = JSON.parse(asked.find(({ call }) => call === "POST /runners")?.body ?? "");
  const { definition } = parseWorkflow(
    asked.find(({ call }) => call === "POST /workflow-templates")?.body ?? "",
    "yaml",
  );
  expect(definition?.steps.map((step) => step.runsOn)).toEqual(Array.from({ length: 4 }, () => [name]));
});

test("a failed run says what failed and ends with exit code 1", async () => {
  const { url } = await serve("failed");
  const { code, output } = await runExample(["examples/failing.yaml"], url);
  expect(output).toContain("✗ a failed (exit code 3)");
  expect(output).toMatch(/status +failed/);
  expect(code).toBe(1);
});

test.each<[args: string[], message: RegExp]>([
  [[], /Name one file/],
  [["examples/hello.yaml", "--speed", "0"], /--speed must be a number above 0/],
  [["examples/hello.yaml", "--slots", "1.5"], /--slots must be a whole number/],
  [["examples/nothing.yaml"], /nothing\.yaml cannot be read \(ENOENT\)/],
])("%j is refused in one sentence", async (args, message) => {
  const { code, output } = await runExample(args, "http://127.0.0.1:9");
  expect(output.trim()).toMatch(message);
  expect(output).not.toContain("    at ");
  expect(code).toBe(1);
});

test("problems of a file are listed with their places", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "switchyard-example-test-"));
  const file = path.join(dir, "bad.yaml");
  writeFileSync(file, "name: n\nsteps:\n  a: { runs: x }\n");
  const { code, output } = await runExample([file], "http://127.0.0.1:9");
  rmSync(dir, { recursive: true });
  expect(output).toContain('line 3, column 8: unknown key "runs" in step "a" - did you mean "run"?');
  expect(code).toBe(1);
});
