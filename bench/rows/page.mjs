// Row 11: the page of a large run, as a signed-in browser gets it.
import { gunzipSync } from "node:zlib";
import { layered } from "../load/shapes.mjs";
import { signedIn } from "../load/signed-in.mjs";
import { quantile } from "../statistics.mjs";

const TASKS = 5_000;

/** @type {import("../row.mjs").Row} */
export const row = {
  name: "page",
  title: "The page of a run of 5,000 tasks",
  unit: "ms",
  figures: {
    htmlMs: { label: "document, request to last byte", digits: 0 },
    htmlKilobytes: { label: "document", unit: "KB", digits: 0 },
    htmlGzipKilobytes: { label: "document, compressed", unit: "KB", digits: 0 },
    dataMs: { label: "its tasks, request to last byte", digits: 0 },
    dataKilobytes: { label: "its tasks", unit: "KB", digits: 0 },
    dataGzipKilobytes: { label: "its tasks, compressed", unit: "KB", digits: 0 },
  },
  once: true,
  measure: async (env) => {
    const run = await env.api("POST", "/workflow-runs", { definition: layered("page", TASKS), dispatch: "manual" });
    const browser = await signedIn(env);
    try {
      const times = env.quick ? 5 : 15;
      const document = await measured(times, (headers) => browser.get(`/runs/${run.number}`, headers));
      const input = encodeURIComponent(JSON.stringify({ 0: { json: { runId: run.id } } }));
      const data = await measured(times, (headers) =>
        browser.get(`/api/trpc/screens.runTasks?batch=1&input=${input}`, headers),
      );
      if (!document.text.includes(`#${run.number}`)) throw new Error("the document is not the run's page");
      return {
        figures: {
          htmlMs: document.ms,
          htmlKilobytes: document.kilobytes,
          htmlGzipKilobytes: document.gzipKilobytes,
          dataMs: data.ms,
          dataKilobytes: data.kilobytes,
          dataGzipKilobytes: data.gzipKilobytes,
        },
      };
    } finally {
      browser.close();
    }
  },
};

/**
 * Gets the same thing several times, warm, as browsers ask for it: compressed.
 * @param {number} times
 * @param {(headers: Record<string, string>) => ReturnType<typeof import("../load/download.mjs").download>} get
 */
async function measured(times, get) {
  const compressed = { "accept-encoding": "gzip" };
  await get(compressed);
  const all = [];
  for (let n = 0; n < times; n++) all.push(await get(compressed));
  const [first] = all;
  const isCompressed = first.headers["content-encoding"] === "gzip";
  const plain = isCompressed ? gunzipSync(first.body) : first.body;
  return {
    ms: quantile(
      all.map(({ ms }) => ms),
      0.5,
    ),
    kilobytes: plain.length / 1_000,
    gzipKilobytes: first.body.length / 1_000,
    text: plain.toString(),
  };
}
