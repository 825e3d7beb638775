import type { Method, Route } from "./route";

export type RouteMatch =
  | { kind: "found"; route: Route; id: string }
  | { kind: "method"; allow: string[] }
  | { kind: "unknown" };

/** Which route answers a method and path. HEAD is answered as GET; the web server leaves the body out. */
export function matchRoute(routes: readonly Route[], method: string, pathname: string): RouteMatch {
  const parts = pathname.replace(/\/$/, "").split("/");
  const here = routes.flatMap((route) => {
    const id = idIn(route.path.split("/"), parts);
    return id === null ? [] : [{ route, id }];
  });
  if (here.length === 0) return { kind: "unknown" };
  // A literal last segment wins over {id}: POST /workflow-templates/validate is no template.
  const candidates = here.sort((a, b) => Number(a.route.path.endsWith("}")) - Number(b.route.path.endsWith("}")));
  const wanted: string = method === "HEAD" ? "GET" : method;
  const match = candidates.find(({ route }) => route.method === wanted);
  if (match) return { kind: "found", ...match };
  const methods: Method[] = candidates.map(({ route }) => route.method);
  return { kind: "method", allow: methods.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name])) };
}

/** The text in the place of `{id}`; empty for a path without one; null when the path is another. */
function idIn(pattern: string[], parts: string[]): string | null {
  if (pattern.length !== parts.length) return null;
  let id = "";
  for (const [index, segment] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (segment === "{id}" && part !== "") id = part;
    else if (segment !== part) return null;
  }
  return id;
}
