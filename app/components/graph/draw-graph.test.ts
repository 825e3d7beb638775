import { describe, expect, it } from "vitest";
import { layoutGraph } from "@/server/core/graph-layout";
import { drawGraph } from "./draw-graph";

describe("drawGraph", () => {
  it("draws every node and edge once", () => {
    const layout = layoutGraph({ nodes: [{ id: "a" }, { id: "b" }], edges: [{ from: "a", to: "b" }] });
    const svg = drawGraph(layout, [node("a"), node("b")]);
    expect(svg.match(/data-node='/g)).toHaveLength(2);
    expect(svg.match(/M\d/g)).toHaveLength(1);
  });

  it.each(['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>", "' onload='alert(1)", "</svg><b>"])(
    "lets no markup of a name through: %s",
    (text) => {
      const layout = layoutGraph({ nodes: [{ id: text }], edges: [] });
      const svg = drawGraph(layout, [{ id: text, key: text, name: `name ${text}`, status: "ready", line: text }]);
      expect(svg).not.toMatch(/<(script|img|b|\/svg)/);
      expect(svg.match(/='[^']*'/g)?.some((attribute) => attribute.includes("<"))).toBe(false);
      expect(svg).not.toContain(text);
    },
  );

  it("keeps a node under 300 characters", () => {
    const id = "0198a7b2-0000-7000-8000-000000000000";
    const layout = layoutGraph({ nodes: [{ id }], edges: [] });
    expect(
      drawGraph(layout, [{ id, key: "compile-everything", name: "compile-everything", status: "running" }]).length,
    ).toBeLessThan(300);
  });
});

function node(id: string) {
  return { id, key: id, name: id, status: "waiting" as const };
}
