// Row 9: runs of 1,000 to 20,000 tasks: what creating, working off and keeping them costs a task.
import { productDatabase } from "../load/product-database.mjs";
import { atLeast, atMost } from "../load/reached.mjs";
import { fan, layered } from "../load/shapes.mjs";
import { slotRunner } from "../load/slot-runner.mjs";
import { quantile } from "../statistics.mjs";

const SLOTS = 256;
const ACROSS = 20;

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "sizes",
  title: "Runs of 1,000, 10,000 and 20,000 tasks",
  unit: "ms",
  target: { text: "< 1,500", reached: ({ create10000Ms }) => atMost(create10000Ms, 1_500) },
  figures: {
    create10000Ms: { label: "10,000 created", digits: 0 },
    create1000Ms: { label: "1,000 created", digits: 0 },
    create20000Ms: { label: "20,000 created", digits: 0 },
    createFanMs: { label: "10,000 created as a fan", digits: 0 },
    insideToAcross: {
      label: "completions inside one run : across 20 runs",
      unit: "x",
      target: { text: ">= 0.67", reached: ({ insideToAcross }) => atLeast(insideToAcross, 2 / 3) },
    },
    inside1000PerSecond: { label: "inside a run of 1,000", unit: "tasks/s", digits: 0 },
    inside10000PerSecond: { label: "inside a run of 10,000", unit: "tasks/s", digits: 0 },
    inside20000PerSecond: { label: "inside a run of 20,000", unit: "tasks/s", digits: 0 },
    insideFanPerSecond: { label: "inside a fan of 10,000", unit: "tasks/s", digits: 0 },
    acrossPerSecond: { label: "across 20 runs of 500", unit: "tasks/s", digits: 0 },
    growth: {
      label: "cost a task of the largest : of 1,000, at worst",
      unit: "x",
      target: { text: "<= 1.5", reached: ({ growth }) => atMost(growth, 1.5) },
    },
    createGrowth: { label: "of which creation", unit: "x" },
    workGrowth: { label: "of which completion", unit: "x" },
    bytesGrowth: { label: "of which database bytes", unit: "x" },
    bytesPerTask1000: { label: "database bytes a task, 1,000", unit: "bytes", digits: 0 },
    bytesPerTaskLargest: { label: "database bytes a task, largest", unit: "bytes", digits: 0 },
  },
  once: true,
  measure: async (env) => {
    const { token } = await env.newRunner(`sizes-${Date.now()}`);
    const database = await productDatabase(env);
    const runner = slotRunner({ port: env.port, token, slots: SLOTS });
    const given = { database, runner };
    try {
      // Once around before anything counts: compilation, caches, connections.
      await runOf(env, given, layered("warm", 1_000));
      const small = await several(5, () => runOf(env, given, layered("1000", 1_000)));
      const middle = await several(env.quick ? 1 : 3, () => runOf(env, given, layered("10000", 10_000)));
      const across = await several(env.quick ? 1 : 3, () => runAcross(env, given, 10_000));
      const large = env.quick ? null : await several(2, () => runOf(env, given, layered("20000", 20_000)));
      const wide = await runOf(env, given, fan("fan", env.quick ? 1_000 : 10_000));
      return { figures: figuresOf({ small, middle, large, across, wide }) };
    } finally {
      runner.close();
      await database.end();
    }
  },
};

/**
 * Creates a run over REST in auto mode while nobody asks for work, then works it off with one runner.
 * @param {import("../row.mjs").Env} env
 * @param {Given} given
 * @param {{ steps: object }} definition
 */
async function runOf(env, { database, runner }, definition) {
  const tasks = Object.keys(definition.steps).length;
  const bytesBefore = await database.bytes();
  const start = performance.now();
  const run = await env.api("POST", "/workflow-runs", { definition, dispatch: "auto" });
  const createMs = performance.now() - start;
  if (run.task_ids.length !== tasks) throw new Error(`${run.task_ids.length} of ${tasks} tasks were created`);
  const workMs = await runner.work(tasks);
  const { status } = await env.api("GET", `/workflow-runs/${run.id}`);
  if (status !== "success") throw new Error(`the run of ${tasks} tasks is ${status}`);
  return { tasks, createMs, workMs, bytes: (await database.bytes()) - bytesBefore };
}

/** The same number of tasks in twenty runs. @param {import("../row.mjs").Env} env @param {Given} given @param {number} tasks */
async function runAcross(env, { database, runner }, tasks) {
  const bytesBefore = await database.bytes();
  const definition = layered("across", tasks / ACROSS);
  let createMs = 0;
  for (let n = 0; n < ACROSS; n++) {
    const start = performance.now();
    await env.api("POST", "/workflow-runs", { definition, dispatch: "auto" });
    createMs += performance.now() - start;
  }
  const workMs = await runner.work(tasks);
  return { tasks, createMs, workMs, bytes: (await database.bytes()) - bytesBefore };
}

/** @typedef {{ database: Awaited<ReturnType<typeof productDatabase>>, runner: ReturnType<typeof slotRunner> }} Given */
/** @typedef {Awaited<ReturnType<typeof runOf>>} Outcome */

/** The medians of a measurement. @param {number} times @param {() => Promise<Outcome>} measure */
async function several(times, measure) {
  /** @type {Outcome[]} */
  const all = [];
  for (let n = 0; n < times; n++) all.push(await measure());
  const middle = (/** @type {"tasks" | "createMs" | "workMs" | "bytes"} */ name) =>
    quantile(
      all.map((one) => one[name]),
      0.5,
    );
  return { tasks: middle("tasks"), createMs: middle("createMs"), workMs: middle("workMs"), bytes: middle("bytes") };
}

/** @param {{ small: Outcome, middle: Outcome, large: Outcome | null, across: Outcome, wide: Outcome }} measured */
function figuresOf({ small, middle, large, across, wide }) {
  const rate = (/** @type {Outcome} */ { tasks, workMs }) => (tasks / workMs) * 1_000;
  const largest = large ?? middle;
  const growthOf = (/** @type {"createMs" | "workMs" | "bytes"} */ name) =>
    largest[name] / largest.tasks / (small[name] / small.tasks);
  const growths = {
    createGrowth: growthOf("createMs"),
    workGrowth: growthOf("workMs"),
    bytesGrowth: growthOf("bytes"),
  };
  return {
    create1000Ms: small.createMs,
    create10000Ms: middle.createMs,
    ...(large ? { create20000Ms: large.createMs } : {}),
    createFanMs: wide.createMs,
    inside1000PerSecond: rate(small),
    inside10000PerSecond: rate(middle),
    ...(large ? { inside20000PerSecond: rate(large) } : {}),
    insideFanPerSecond: rate(wide),
    acrossPerSecond: rate(across),
    insideToAcross: rate(middle) / rate(across),
    bytesPerTask1000: small.bytes / small.tasks,
    bytesPerTaskLargest: largest.bytes / largest.tasks,
    ...growths,
    growth: Math.max(...Object.values(growths)),
  };
}
