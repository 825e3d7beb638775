import { createServer, type IncomingMessage, type Server, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPool } from "../db/pool";
import { getEngine, startEngine, stopEngine } from "../engine/engine";
import { call, makeRunner, makeTeam, type TestTeam } from "../testing/api-client";
import { nodeListener } from "./node-listener";
import { handleRest } from "./rest/router";
import { securityHeaders } from "./security-headers.mjs";
import { followedRuns } from "./stream";

const pool = createPool(process.env.DATABASE_URL ?? "");
let server: Server;
let team: TestTeam;
let runnerToken: string;
/** Signals of the requests so far, in order. */
const signals: AbortSignal[] = [];

beforeAll(async () => {
  await startEngine();
  team = await makeTeam(pool);
  runnerToken = (await makeRunner(pool, team.teamId)).token;
  const listener = nodeListener((request) => {
    signals.push(request.signal);
    return handleRest(request);
  }, securityHeaders);
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await stopEngine();
  await pool.end();
});

/** Sends a request and answers with its answer's head; the body is still to be read. */
function open(method: string, path: string, given: { token?: string; body?: string; headers?: object } = {}) {
  const { port } = server.address() as AddressInfo;
  const headers = {
    ...(given.token === undefined ? {} : { authorization: `Bearer ${given.token}` }),
    ...(given.body === undefined ? {} : { "content-type": "application/json" }),
    ...given.headers,
  };
  const request = send({ host: "127.0.0.1", port, method, path, headers });
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    request.once("response", resolve).once("error", reject),
  );
  request.end(given.body);
  return { request, answer };
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += chunk;
  return text;
}

const definition = { name: "front", steps: { a: { run: "true" } } };

it("gives the handler's answer, with the headers that every answer of the product has", async () => {
  const run = (await call("POST", "/api/v1/workflow-runs", { token: team.token, body: { definition } })).json;
  const path = `/api/v1/workflow-runs/${run.id}/tasks?limit=1`;
  const wanted = await call("GET", path, { token: team.token });
  const answer = await open("GET", path, { token: team.token }).answer;
  expect(answer.statusCode).toBe(200);
  expect(await textOf(answer)).toBe(wanted.text);
  expect(answer.headers).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
  });
  expect(answer.headers["strict-transport-security"]).toBeUndefined();
});

it("speaks of transport security only behind TLS", async () => {
  const answer = await open("GET", "/healthz", { headers: { "x-forwarded-proto": "https" } }).answer;
  expect(answer.headers["strict-transport-security"]).toMatch(/^max-age=\d+/);
  expect(await textOf(answer)).toBe('{"status":"ok"}');
});

it("answers a body that is too large while the client still sends it", async () => {
  const { port } = server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${team.token}`, "content-type": "application/json" };
  const request = send({ host: "127.0.0.1", port, method: "POST", path: "/api/v1/workflow-runs", headers });
  const answer = new Promise<IncomingMessage>((resolve) => request.once("response", resolve));
  // Without an announced length: only what has arrived tells.
  request.on("error", () => {});
  request.write(`{"title":"${"x".repeat(8 * 1024 * 1024)}`);
  expect((await answer).statusCode).toBe(413);
  request.destroy();
});

it.each(["/api/v1/workflow-runs/%E0%A4%A", "//api/v1/workflow-runs", "*", "http://[/api/v1", "http://else.where/x"])(
  "finds nothing at %s",
  async (path) => {
    const answer = await open("GET", path, { token: team.token }).answer;
    expect([answer.statusCode, JSON.parse(await textOf(answer)).code]).toEqual([404, "not_found"]);
  },
);

it("tells a parked sync and a stream that their client has left", async () => {
  const sync = open("POST", "/api/runner/sync", {
    token: runnerToken,
    body: JSON.stringify({ runner: { instance_id: "one", slots: 1 }, free_slots: 1, wait_ms: 30_000 }),
  });
  sync.answer.catch(() => {});
  const before = signals.length;
  await expect.poll(() => signals.length).toBe(before + 1);
  sync.request.destroy();
  await expect.poll(() => signals.at(-1)?.aborted).toBe(true);

  const run = (await call("POST", "/api/v1/workflow-runs", { token: team.token, body: { definition } })).json;
  const stream = open("GET", `/api/v1/workflow-runs/${run.id}/stream`, { token: team.token });
  const answer = await stream.answer;
  expect(answer.headers["content-type"]).toContain("text/event-stream");
  await new Promise((resolve) => answer.once("data", resolve));
  await expect.poll(() => followedRuns(getEngine())).toBe(1);
  stream.request.destroy();
  await expect.poll(() => followedRuns(getEngine())).toBe(0);
});

it("knows a client that leaves after its answer from one that leaves before it", async () => {
  const answer = await open("GET", "/healthz").answer;
  await textOf(answer);
  expect(signals.at(-1)?.aborted).toBe(false);
});
