import { describe, expect, it } from "vitest";
import { POLICIES } from "../auth/policy";
import { ROUTES } from "./rest/routes";
import { appRouter } from "./trpc/app-router";

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);
interface Procedure {
  _def: { meta?: { policy?: string }; type: string };
}

describe("every way in", () => {
  it.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))("%s names a policy", (_, route) => {
    expect(Object.keys(POLICIES)).toContain(route.policy);
  });

  it.each(procedures)("%s names a policy", (_, procedure) => {
    expect(Object.keys(POLICIES)).toContain(procedure._def.meta?.policy);
  });

  it("has procedures", () => {
    expect(procedures.length).toBeGreaterThan(10);
  });

  it("asks who it is everywhere but for health", () => {
    const open = ROUTES.filter((route) => route.policy === "public").map((route) => route.path);
    expect(open).toEqual(["/healthz", "/readyz"]);
    expect(procedures.filter(([, procedure]) => procedure._def.meta?.policy === "public")).toEqual([]);
  });

  it("says what an id in a path is, so that what is hidden is 404", () => {
    const unsaid = ROUTES.filter((route) => route.path.includes("{id}") && !route.subject).map((route) => route.path);
    // An attempt is found through the runner that asks: the engine answers 404 for another's.
    expect(unsaid).toEqual(["/api/runner/attempts/{id}/logs"]);
  });

  it("changes nothing by GET", () => {
    const reading = ROUTES.filter((route) => route.method === "GET").map((route) => route.policy);
    expect(new Set(reading)).toEqual(new Set(["public", "team.read"]));
  });
});
