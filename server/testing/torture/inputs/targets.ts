import { z } from "zod";
import type { Route } from "../../../api/rest/route";
import { ROUTES } from "../../../api/rest/routes";
import { appRouter } from "../../../api/trpc/app-router";
import { EXAMPLES, type Example, type Valid } from "./examples";
import { SIGN_IN } from "./sign-in";
import type { World } from "./world";

/** Something that takes requests. */
export interface Target {
  /** As in the tables of a report: `POST /api/v1/…`, `runs.create`. */
  name: string;
  kind: "rest" | "trpc" | "sign-in";
  method: string;
  /** With `{id}` where one belongs. */
  path: string;
  /** Whether it may change anything at all. */
  changes: boolean;
  identity: "api" | "runner" | "session" | "none";
  /** Names of the query's parameters. */
  parameters: string[];
  example: Example;
}

/** Every route and procedure of the product, found by walking its own tables; those that only read come last. */
export function findTargets(): Target[] {
  const all = [...ROUTES.map(restTarget), ...trpcTargets(), SIGN_IN];
  return [...all.filter(({ changes }) => changes), ...all.filter(({ changes }) => !changes)];
}

function restTarget(route: Route): Target {
  const name = `${route.method} ${route.path}`;
  const identity = route.policy === "public" ? "none" : route.policy === "runner.protocol" ? "runner" : "api";
  const parameters = route.query instanceof z.ZodObject ? Object.keys(route.query.shape) : [];
  return {
    name,
    kind: "rest",
    method: route.method,
    path: route.path,
    changes: route.method !== "GET",
    identity,
    parameters,
    example: EXAMPLES[name] ?? bySubject(route),
  };
}

/** What a route without an example is tried with: its subject's id, and a body that says nothing. */
function bySubject({ subject, body }: Route): Example {
  return {
    make: async ({ ours }): Promise<Valid> => ({
      ...(subject ? { id: ours.things[subject], ids: { [subject]: ours.things[subject] } } : {}),
      ...(body ? { body: {} } : {}),
    }),
  };
}

function trpcTargets(): Target[] {
  // Flat already: names with dots, whatever the declared type says.
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  return Object.entries(procedures).map(([name, { _def }]) => ({
    name,
    kind: "trpc",
    method: _def.type === "mutation" ? "POST" : "GET",
    path: `/api/trpc/${name}`,
    changes: _def.type === "mutation",
    identity: "session",
    parameters: ["input", "batch"],
    example: EXAMPLES[name] ?? NOTHING,
  }));
}

const NOTHING: Example = { make: async (_world: World): Promise<Valid> => ({ body: {} }) };
