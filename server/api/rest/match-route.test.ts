import { describe, expect, it } from "vitest";
import { matchRoute } from "./match-route";
import { ROUTES } from "./routes";

describe("matchRoute", () => {
  const cases: [string, string, string][] = [
    ["GET", "/api/v1/workflow-runs", "found"],
    ["HEAD", "/api/v1/workflow-runs", "found"],
    ["GET", "/api/v1/workflow-runs/", "found"],
    ["GET", "/api/v1/workflow-runs/abc", "found"],
    ["POST", "/api/v1/workflow-templates/validate", "found"],
    ["PATCH", "/api/v1/workflow-runs", "method"],
    ["DELETE", "/api/v1/workflow-runs/abc", "method"],
    ["GET", "/api/v1/nothing", "unknown"],
    ["GET", "/api/v1", "unknown"],
    ["GET", "/api/v1/workflow-runs/abc/tasks/more", "unknown"],
  ];
  it.each(cases)("%s %s is %s", (method, path, kind) => {
    expect(matchRoute(ROUTES, method, path).kind).toBe(kind);
  });

  it("says which methods are allowed", () => {
    expect(matchRoute(ROUTES, "PUT", "/api/v1/workflow-runs")).toEqual({
      kind: "method",
      allow: ["POST", "GET", "HEAD"],
    });
  });

  it("reads a template even when its id is the word validate", () => {
    expect(matchRoute(ROUTES, "GET", "/api/v1/workflow-templates/validate").kind).toBe("found");
  });
});
