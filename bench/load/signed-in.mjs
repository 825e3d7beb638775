import { randomUUID } from "node:crypto";
import http from "node:http";
import { hash } from "@node-rs/argon2";
import pg from "pg";
import { download } from "./download.mjs";

/** The product's own cost of a password: server/auth/password.ts. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Adds an operator to the team of the benchmark's API token and signs in as a browser does. `get` then reads with that
 * session, compressed where asked.
 * @param {import("../row.mjs").Env} env
 */
export async function signedIn(env) {
  const person = await addPerson(env);
  const agent = new http.Agent({ keepAlive: true, noDelay: true });
  const cookies = new Map();
  const keep = (/** @type {http.IncomingHttpHeaders} */ headers) => {
    for (const line of headers["set-cookie"] ?? []) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  };
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const csrf = await download(agent, { port: env.port, path: "/api/auth/csrf", headers: {} });
  keep(csrf.headers);
  const { csrfToken } = JSON.parse(csrf.body.toString());
  const answer = await fetch(`${env.url}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookie() },
    body: new URLSearchParams({ ...person, csrfToken, json: "true" }),
    redirect: "manual",
  });
  keep({ "set-cookie": answer.headers.getSetCookie() });
  if (![...cookies.keys()].some((name) => name.endsWith("session-token")))
    throw new Error(`sign-in answered ${answer.status}: ${await answer.text()}`);
  return {
    close: () => agent.destroy(),
    get: (/** @type {string} */ path, /** @type {Record<string, string>} */ headers = {}) =>
      download(agent, { port: env.port, path, headers: { cookie: cookie(), ...headers } }),
  };
}

/** @param {import("../row.mjs").Env} env */
async function addPerson(env) {
  const person = { email: `bench-${randomUUID()}@example.com`, password: randomUUID() };
  const client = new pg.Client({ connectionString: env.pgUrl() });
  await client.connect();
  try {
    const userId = randomUUID();
    await client.query("INSERT INTO app_user (id, email, name, password_hash) VALUES ($1, $2, 'Bench', $3)", [
      userId,
      person.email,
      await hash(person.password, COST),
    ]);
    await client.query("INSERT INTO member (team_id, user_id, role) SELECT id, $1, 'operator' FROM team LIMIT 1", [
      userId,
    ]);
  } finally {
    await client.end();
  }
  return person;
}
