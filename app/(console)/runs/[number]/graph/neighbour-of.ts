import type { RunStore } from "../run-store";

/** Where an arrow key leads from a node: left to what it needs, right to what needs it, up and down past its siblings. */
export function neighbourOf(store: RunStore, node: SVGGElement, key: string): SVGGElement | null {
  const svg = node.ownerSVGElement;
  if (!svg) return null;
  if (node.dataset.group) return nextGroup(node, key);
  const task = store.task(node.dataset.node ?? null);
  const tasks = store.tasks;
  if (!task || !tasks) return null;
  if (key === "ArrowLeft") return nodeOf(svg, tasks[task.needs[0] ?? -1]?.id);
  if (key === "ArrowRight") return nodeOf(svg, tasks.find((each) => each.needs.includes(task.position))?.id);
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  return beside(svg, node, key === "ArrowDown" ? 1 : -1);
}

function nodeOf(svg: SVGSVGElement, id: string | undefined): SVGGElement | null {
  return id === undefined ? null : svg.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`);
}

/** The nearest node of the same column in a direction. */
function beside(svg: SVGSVGElement, node: SVGGElement, direction: 1 | -1): SVGGElement | null {
  const here = placeOf(node);
  let best: { node: SVGGElement; distance: number } | null = null;
  for (const other of svg.querySelectorAll<SVGGElement>("[data-node]")) {
    const place = placeOf(other);
    const distance = (place.y - here.y) * direction;
    if (place.x === here.x && distance > 0 && (best === null || distance < best.distance))
      best = { node: other, distance };
  }
  return best?.node ?? null;
}

function placeOf(node: SVGGElement): { x: number; y: number } {
  const at = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(node.getAttribute("transform") ?? "");
  return { x: Number(at?.[1] ?? 0), y: Number(at?.[2] ?? 0) };
}

function nextGroup(node: SVGGElement, key: string): SVGGElement | null {
  const next =
    key === "ArrowRight" ? node.nextElementSibling : key === "ArrowLeft" ? node.previousElementSibling : null;
  return next instanceof SVGGElement ? next : null;
}
