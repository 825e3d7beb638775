import { afterAll, describe, expect, it } from "vitest";
import { createPool } from "../../db/pool";
import { stopEngine } from "../../engine/engine";
import { call, makeTeam } from "../../testing/api-client";

const pool = createPool(process.env.DATABASE_URL ?? "");
afterAll(async () => {
  await stopEngine();
  await pool.end();
});

const SIZE = 10_000;

describe("a run of 10,000 tasks", () => {
  it("answers its tasks, plan and events in seconds at worst, with every task in them", async () => {
    const { token } = await makeTeam(pool);
    const steps = Object.fromEntries(
      Array.from({ length: SIZE }, (_, n) => [`s${n}`, { run: "true", ...(n === 0 ? {} : { needs: [`s${n >> 1}`] }) }]),
    );
    const body = { definition: { name: "large", steps } };
    const run = (await call("POST", "/api/v1/workflow-runs", { token, body })).json;
    expect(run.task_ids).toHaveLength(SIZE);
    // About 0.2 s each here; the bound only catches a query per task.
    for (const [what, size] of [
      ["tasks", (json: { items: unknown[] }) => json.items.length],
      ["plan", (json: { ready: unknown[]; blocked: unknown[] }) => json.ready.length + json.blocked.length],
    ] as const) {
      const startedAt = performance.now();
      const { status, json } = await call("GET", `/api/v1/workflow-runs/${run.id}/${what}`, { token });
      const took = performance.now() - startedAt;
      if (process.env.SHOW_TIMES) process.stdout.write(`${what} ${took.toFixed(0)} ms\n`);
      expect(status).toBe(200);
      expect(size(json)).toBe(SIZE);
      expect(took).toBeLessThan(5_000);
    }
  });
});
