import { taskDisplayStatus } from "../../../../components/status/display-status";
import type { RunTask } from "../run-store";
import { nodeLine } from "./node-line";

const NODE = { width: 176, height: 44 };

/** Shows a task's status on its node. */
export function paintNode(svg: Element, task: RunTask): void {
  const node = svg.querySelector<SVGGElement>(`[data-node="${CSS.escape(task.id)}"]`);
  if (!node) return;
  const status = taskDisplayStatus(task.status, task.readiness, task.reason);
  const line = nodeLine(task);
  if (node.dataset.s !== status) {
    node.dataset.s = status;
    node.querySelector("use")?.setAttribute("href", `#s-${status}`);
  }
  const words = node.querySelector(".w");
  if (words && words.textContent !== line) words.textContent = line;
}

/** Marks the selected task's node and answers where it is, or null when there is none. */
export function paintSelection(frame: Element, id: string | null): ({ x: number; y: number } & typeof NODE) | null {
  for (const node of frame.querySelectorAll(".n.selected")) node.classList.remove("selected");
  const node = id === null ? null : frame.querySelector(`[data-node="${CSS.escape(id)}"]`);
  if (!node) return null;
  node.classList.add("selected");
  const at = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(node.getAttribute("transform") ?? "");
  return at ? { x: Number(at[1]), y: Number(at[2]), ...NODE } : null;
}
