import { randomUUID } from "node:crypto";
import { handleRest } from "../api/rest/router";
import { SCOPES } from "../auth/policy";
import { API_TOKEN_PREFIX, hashToken, makeToken, RUNNER_TOKEN_PREFIX } from "../auth/token-text";
import type { Queryable } from "../db/pool";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers as any program would.
  json: any;
}

interface Call {
  token?: string | null;
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
}

/** Sends a request through the route table as a program would, and reads the whole answer. */
export async function call(method: string, path: string, given: Call = {}): Promise<Answer> {
  const response = await handleRest(restRequest(method, path, given));
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== "" ? JSON.parse(text) : null,
  };
}

/** The request that `call` sends, for answers that never end. */
export function restRequest(method: string, path: string, given: Call & { signal?: AbortSignal } = {}): Request {
  const headers = new Headers(given.headers);
  if (given.token) headers.set("authorization", `Bearer ${given.token}`);
  const body = given.raw ?? (given.body === undefined ? null : JSON.stringify(given.body));
  if (body !== null && !headers.has("content-type")) headers.set("content-type", "application/json");
  const init = { method, headers, ...(given.signal ? { signal: given.signal } : {}) };
  return new Request(`http://127.0.0.1:3000${path}`, body === null ? init : { ...init, body: body as BodyInit });
}

export interface TestTeam {
  teamId: string;
  /** An API token with every scope. */
  token: string;
}

/** A team with an API token of every scope. */
export async function makeTeam(db: Queryable, name = "team"): Promise<TestTeam> {
  const teamId = randomUUID();
  await db.query("INSERT INTO team (id, name) VALUES ($1, $2)", [teamId, name]);
  return { teamId, token: await makeApiToken(db, teamId, [...SCOPES]) };
}

/** An API token with these scopes. */
export async function makeApiToken(db: Queryable, teamId: string, scopes: string[]): Promise<string> {
  const token = makeToken(API_TOKEN_PREFIX);
  await db.query("INSERT INTO api_token (id, team_id, name, token_hash, scopes) VALUES ($1, $2, 'test', $3, $4)", [
    randomUUID(),
    teamId,
    hashToken(token),
    scopes,
  ]);
  return token;
}

/** A runner that has not been heard yet, and its token. */
export async function makeRunner(db: Queryable, teamId: string): Promise<{ runnerId: string; token: string }> {
  const token = makeToken(RUNNER_TOKEN_PREFIX);
  const runnerId = randomUUID();
  await db.query("INSERT INTO runner (id, team_id, name, token_hash) VALUES ($1, $2, 'test runner', $3)", [
    runnerId,
    teamId,
    hashToken(token),
  ]);
  return { runnerId, token };
}

/** A member of the team with a role; `session` is what the sign-in would give. */
export async function makeMember(db: Queryable, teamId: string, role: string): Promise<{ userId: string }> {
  const userId = randomUUID();
  await db.query("INSERT INTO app_user (id, email, name, password_hash) VALUES ($1, $2, $3, 'none')", [
    userId,
    `${userId}@example.com`,
    `The ${role}`,
  ]);
  await db.query("INSERT INTO member (team_id, user_id, role) VALUES ($1, $2, $3)", [teamId, userId, role]);
  return { userId };
}
