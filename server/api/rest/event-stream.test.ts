import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createPool } from "../../db/pool";
import { getEngine, startEngine, stopEngine } from "../../engine/engine";
import { call, makeTeam, restRequest, type TestTeam } from "../../testing/api-client";
import { followedRuns } from "../stream";
import { handleRest } from "./router";

const pool = createPool(process.env.DATABASE_URL ?? "");
let team: TestTeam;
beforeAll(async () => {
  await startEngine();
  team = await makeTeam(pool);
});
afterAll(async () => {
  await stopEngine();
  await pool.end();
});

const definition = { name: "s", steps: { a: { run: "x" }, b: { run: "x" }, c: { run: "x" } } };
const newRun = async () =>
  (await call("POST", "/api/v1/workflow-runs", { token: team.token, body: { definition } })).json;
const dispatch = (runId: string) =>
  call("POST", `/api/v1/workflow-runs/${runId}/dispatch-ready`, { token: team.token });

interface Frame {
  id: number;
  data: { number: number; type: string };
}

/** Opens a stream and reads frames as they come. */
async function open(runId: string, given: { token?: string; query?: string; lastEventId?: string } = {}) {
  const leave = new AbortController();
  const headers = given.lastEventId === undefined ? {} : { "last-event-id": given.lastEventId };
  const path = `/api/v1/workflow-runs/${runId}/stream${given.query ?? ""}`;
  const request = restRequest("GET", path, { token: given.token ?? team.token, headers, signal: leave.signal });
  const response = await handleRest(request);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const frames = (): Frame[] =>
    [...text.matchAll(/^id: (\d+)\ndata: (.*)\n\n/gm)].map((match) => ({
      id: Number(match[1]),
      data: JSON.parse(match[2] ?? ""),
    }));
  const read = async () => {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    text += value ?? "";
    return !done;
  };
  return {
    response,
    /** Reads until this many events have come. */
    until: async (count: number) => {
      while (frames().length < count) if (!(await read())) break;
      return frames();
    },
    /** Resolves when the server has ended the stream. */
    ended: async () => {
      while (await read());
      return text;
    },
    leave: () => leave.abort(),
  };
}

describe("GET /workflow-runs/{id}/stream", () => {
  it("sends what has been and then what happens, in order, without event names", async () => {
    const run = await newRun();
    const stream = await open(run.id);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(stream.response.headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(stream.response.headers.get("x-accel-buffering")).toBe("no");
    expect(stream.response.headers.get("x-request-id")).toBeTruthy();
    const [first] = await stream.until(1);
    expect(first).toMatchObject({ id: 1, data: { number: 1, type: "workflow_run.created" } });
    await dispatch(run.id);
    await dispatch(run.id);
    const expected = (await call("GET", `/api/v1/workflow-runs/${run.id}/events`, { token: team.token })).json.items;
    const frames = await stream.until(expected.length);
    expect(frames.map((frame) => frame.data)).toEqual(expected);
    stream.leave();
    expect(await stream.ended()).not.toContain("event:");
  });

  it("resumes after Last-Event-ID, else after ?after=", async () => {
    const run = await newRun();
    await dispatch(run.id);
    const byHeader = await open(run.id, { lastEventId: "1", query: "?after=0" });
    expect((await byHeader.until(1))[0]?.id).toBe(2);
    const byQuery = await open(run.id, { query: "?after=2" });
    await dispatch(run.id);
    expect((await byQuery.until(1))[0]?.id).toBe(3);
    byHeader.leave();
    byQuery.leave();
  });

  it("reads a run once for all its viewers, and not at all when they have left", async () => {
    const run = await newRun();
    const streams = await Promise.all(Array.from({ length: 50 }, () => open(run.id)));
    await Promise.all(streams.map((stream) => stream.until(1)));
    expect(followedRuns(getEngine())).toBeGreaterThanOrEqual(1);
    const queries = vi.spyOn(getEngine().pool, "query");
    await dispatch(run.id);
    const all = await Promise.all(streams.map((stream) => stream.until(2)));
    expect(new Set(all.map((frames) => frames[1]?.id))).toEqual(new Set([2]));
    const reads = queries.mock.calls.filter(([text]) => String(text).includes("FROM event e"));
    queries.mockRestore();
    // One per wake, and perhaps a poll: never one per viewer.
    expect(reads.length).toBeLessThan(10);
    for (const stream of streams) stream.leave();
    await Promise.all(streams.map((stream) => stream.ended()));
    await expect.poll(() => followedRuns(getEngine())).toBe(0);
  });

  it("says every 15 s that it is alive, without an event", async () => {
    const run = await newRun();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const stream = await open(run.id);
      await stream.until(1);
      vi.advanceTimersByTime(15_000);
      stream.leave();
      expect((await stream.ended()).split("\n\n")).toContain(": alive");
    } finally {
      vi.useRealTimers();
    }
  });

  it("stays open after the run has settled, and tells what comes then", async () => {
    const run = await newRun();
    await call("POST", `/api/v1/tasks/${run.task_ids[0]}/cancel`, { token: team.token });
    const settled = (await call("GET", `/api/v1/workflow-runs/${run.id}`, { token: team.token })).json;
    expect(settled).toMatchObject({ status: "failed", settled: true });
    const stream = await open(run.id, { lastEventId: "not a number", query: "?after=1" });
    const past = await stream.until(settled.last_event_number - 1);
    expect(past.map((frame) => frame.id)).toEqual(past.map((_, index) => index + 2));
    const body = { dispatch: "auto" };
    await call("POST", `/api/v1/workflow-runs/${run.id}/dispatch-mode`, { token: team.token, body });
    const frames = await stream.until(past.length + 1);
    expect(frames[past.length]?.data.type).toBe("workflow_run.dispatch_mode_changed");
    stream.leave();
  });

  it("ends within 5 s when its token is revoked", async () => {
    const own = await makeTeam(pool);
    const body = { definition };
    const run = (await call("POST", "/api/v1/workflow-runs", { token: own.token, body })).json;
    const stream = await open(run.id, { token: own.token });
    await stream.until(1);
    const revokedAt = Date.now();
    await pool.query("UPDATE api_token SET revoked_at = now() WHERE team_id = $1", [own.teamId]);
    await stream.ended();
    expect(Date.now() - revokedAt).toBeLessThan(6_000);
  });

  it("ends when the server stops", async () => {
    const run = await newRun();
    const stream = await open(run.id);
    await stream.until(1);
    await stopEngine();
    await stream.ended();
  });
});
