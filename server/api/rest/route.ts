import type { z } from "zod";
import type { Policy } from "../../auth/policy";
import type { RunnerIdentity } from "../../auth/tokens";
import type { Subject } from "../../read/is-visible";
import type { ApiRequest } from "../api-request";
import type { Caller } from "../caller";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What a handler gets once the caller is known, allowed, and everything sent has been parsed. */
export interface RestContext<Query, Body> {
  request: ApiRequest;
  requestId: string;
  caller: Caller;
  /** What is in the path's braces; ids are well-formed. */
  id: string;
  query: Query;
  body: Body;
  rawBody: Uint8Array;
  /** Of the API token, for idempotency keys. */
  tokenId: string;
  /** Set for the runner protocol only. */
  runner: RunnerIdentity | null;
  /** Whether the token still may do this; streams ask again and again. */
  mayStill: () => Promise<boolean>;
}

export interface RouteDefinition<Query, Body> {
  method: Method;
  /** As in the documentation, with at most one `{id}`. */
  path: string;
  policy: Policy;
  /** What `{id}` is: what the team does not have is 404 before anything else is said. */
  subject?: Subject;
  query?: z.ZodType<Query>;
  /** `definition`: YAML or JSON, left as text. Absent: the body is not read. */
  body?: { schema: z.ZodType<Body>; tolerant?: boolean } | { definition: true };
  /** Bytes; 1 MiB unless said. */
  bodyLimit?: number;
  handler: (context: RestContext<Query, Body>) => Promise<Response>;
}

/** A route whose handler's types have been checked against its own schemas. */
export interface Route extends Omit<RouteDefinition<unknown, unknown>, "handler"> {
  handler: (context: RestContext<never, never>) => Promise<Response>;
}

/** The body of a route that takes a workflow definition as it is. */
export interface DefinitionBody {
  source: string;
  format: "yaml" | "json";
}

/** Writes a route down with the types that its schemas give. */
export function route<Query = Record<string, never>, Body = Record<string, never>>(
  definition: RouteDefinition<Query, Body>,
): Route {
  return definition;
}
