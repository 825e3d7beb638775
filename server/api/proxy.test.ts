import { describe, expect, it } from "vitest";
import { proxy } from "../../proxy";

const answer = (path: string) => proxy(new Request(`http://127.0.0.1:3000${path}`));

describe("a path with escapes", () => {
  it("is a problem document when they are no text", async () => {
    for (const path of ["/api/v1/workflow-runs/%ff", "/api/v1/tasks/%E0%A4%A", "/api/runner/%", "/api/trpc/%ff"]) {
      const response = answer(path);
      expect(response?.status).toBe(404);
      expect(response?.headers.get("content-type")).toBe("application/problem+json");
      expect(response?.headers.get("x-request-id")).toBeTruthy();
      expect(await response?.json()).toMatchObject({ status: 404, code: "not_found" });
    }
  });

  it("goes on to its route when they are", () => {
    for (const path of ["/api/trpc/runs.list%2Cscreens.me", "/api/v1/tasks/%41", "/api/v1/tasks/a?q=%ff"])
      expect(answer(path)).toBeUndefined();
  });
});
