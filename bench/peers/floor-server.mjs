/**
 * The floor's server: a worker sends what it finished and asks for more in one request; one SQL statement, and so one
 * commit, does both. An empty answer is held open until another request makes something ready. No authentication, no
 * logs, no retries, no leases: what an ideal engine of HTTP, Node and PostgreSQL would do, and nothing else.
 */
import http from "node:http";
import pg from "pg";

const { url, port } = JSON.parse(process.argv[2] ?? "");
const HOLD_MS = 20_000;
const pool = new pg.Pool({ connectionString: url, max: 8 });
/** @type {Set<() => void>} */
const waiting = new Set();

function wakeAll() {
  for (const wake of waiting) wake();
  waiting.clear();
}

/** @param {string[]} finished @param {number} want */
async function step(finished, want) {
  const text = "SELECT readied, jobs FROM step($1::bigint[], $2)";
  const { rows } = await pool.query({ name: "step", text, values: [finished, want] });
  return rows[0];
}

/** @param {number} ms */
function untilWoken(ms) {
  return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    const timer = setTimeout(resolve, ms);
    waiting.add(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** @param {{ finished: string[], want: number }} request */
async function next({ finished, want }) {
  let { readied, jobs } = await step(finished, want);
  // More has become ready than this worker takes.
  if (readied > 0 && jobs.length === want) wakeAll();
  const end = Date.now() + HOLD_MS;
  while (jobs.length === 0 && want > 0 && finished.length === 0 && Date.now() < end) {
    await untilWoken(end - Date.now());
    ({ jobs } = await step([], want));
  }
  return jobs;
}

/** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
async function answer(request, response) {
  let text = "";
  for await (const part of request) text += part;
  if (request.url === "/wake") {
    wakeAll();
    response.end("{}");
    return;
  }
  response.end(JSON.stringify(await next(JSON.parse(text))));
}

process.on("disconnect", () => process.exit(0));
http
  .createServer((request, response) => {
    answer(request, response).catch((error) => {
      process.stderr.write(`floor: ${error.stack}\n`);
      response.writeHead(500).end(String(error.message));
    });
  })
  .listen(port, "127.0.0.1", () => process.send?.("listening"));
