import { POLICIES, scopesMay } from "../../auth/policy";
import type { Engine } from "../../engine/engine";
import { getEngine } from "../../engine/engine";
import { AppError } from "../../errors";
import { isVisible } from "../../read/is-visible";
import type { ApiRequest } from "../api-request";
import { commonHeaders, problemResponse } from "../problem";
import { requestIdOf } from "../request-id";
import { isUuid } from "../uuid";
import { authenticate, type Identity } from "./authenticate";
import { matchRoute } from "./match-route";
import { parseBody, parseQuery } from "./parse-request";
import type { Route } from "./route";
import { ROUTES } from "./routes";

/** Answers every request of the REST API, the runner protocol and the health checks. */
export async function handleRest(request: ApiRequest): Promise<Response> {
  const requestId = requestIdOf(request);
  const url = new URL(request.url);
  const where = { requestId, at: `${request.method} ${url.pathname}` };
  const match = matchRoute(ROUTES, request.method, url.pathname);
  if (match.kind === "unknown")
    return problemResponse(new AppError("not_found", "There is nothing at this path."), where);
  if (match.kind === "method") {
    const allow = match.allow.join(", ");
    const refused = new AppError("method_not_allowed", `Only ${allow} here.`);
    return problemResponse(refused, where, { allow });
  }
  try {
    const response = await answer(getEngine(), { request, requestId, url, ...match });
    for (const [name, value] of Object.entries(commonHeaders(requestId)))
      if (!response.headers.has(name)) response.headers.set(name, value);
    if (request.method !== "HEAD") return response;
    // Nobody reads what follows the headers; a stream must not stay open for it.
    await response.body?.cancel();
    return new Response(null, { status: response.status, headers: response.headers });
  } catch (error) {
    return problemResponse(error, where);
  }
}

interface Matched {
  request: ApiRequest;
  requestId: string;
  url: URL;
  route: Route;
  id: string;
}

async function answer(engine: Engine, matched: Matched): Promise<Response> {
  const { request, requestId, url, route, id } = matched;
  if (route.policy === "public") return route.handler({ ...matched, caller: { engine } } as never);
  const identity = await authenticate(engine, request, route.policy);
  if (route.subject && !isUuid(id)) throw hidden(route);
  if (!scopesMay(identity.scopes, route.policy)) {
    await refuseHidden(matched, identity);
    throw new AppError("forbidden", `The token lacks the scope "${POLICIES[route.policy].scope}".`);
  }
  const { query, body, rawBody } = await parseOr(matched, identity, async () => ({
    query: parseQuery(route, url),
    ...(await parseBody(route, request)),
  }));
  const { caller, tokenId, runner, mayStill } = identity;
  const context = { request, requestId, caller, id, query, body, rawBody, tokenId, runner, mayStill };
  return route.handler(context as never);
}

/** What is hidden is 404 even when the rest of the request is wrong too. */
async function parseOr<T>(matched: Matched, identity: Identity, parse: () => Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    await refuseHidden(matched, identity);
    throw error;
  }
}

async function refuseHidden({ route, id }: Matched, { caller }: Identity): Promise<void> {
  const { subject } = route;
  if (subject && !(await isVisible(caller.engine.pool, { subject, id, teamId: caller.teamId }))) throw hidden(route);
}

function hidden(route: Route): AppError {
  return new AppError("not_found", `There is no such ${route.subject ?? "thing"}.`);
}
