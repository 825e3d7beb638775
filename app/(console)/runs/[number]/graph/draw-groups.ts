import type { DepthGroup } from "@/server/core/graph-groups";
import type { GraphLayout } from "@/server/core/graph-layout";
import { isActive, isFailure, type TaskStatus } from "@/server/core/status";

/** A deeper graph puts neighbouring depths together: 10,000 steps in a chain stay a page of a few hundred kilobytes. */
export const GROUPS_MAX = 200;

/** How many tasks of a group are what. */
export interface Tally {
  success: number;
  failed: number;
  active: number;
  ready: number;
  rest: number;
}

const PARTS = ["success", "failed", "active", "ready", "rest"] as const satisfies (keyof Tally)[];
const FILL = {
  success: "fill-success",
  failed: "fill-failed",
  active: "fill-active",
  ready: "fill-active opacity-30",
  rest: "fill-line-strong",
};
const BAR_WIDTH = 152;
/** A bar under the two lines makes these nodes taller than those of tasks. */
export const GROUP_HEIGHT = 12;

/** Counts a group's tasks. */
export function groupTallies(tasks: readonly { status: TaskStatus; readiness: string }[]): Tally {
  const tally: Tally = { success: 0, failed: 0, active: 0, ready: 0, rest: 0 };
  for (const { status, readiness } of tasks) {
    if (status === "success" || status === "skipped") tally.success += 1;
    else if (isFailure(status)) tally.failed += 1;
    else if (isActive(status)) tally.active += 1;
    else if (readiness === "ready") tally.ready += 1;
    else tally.rest += 1;
  }
  return tally;
}

/** The inside of a grouped graph's SVG; no text of a user is in it. */
export function drawGroups(layout: GraphLayout, groups: readonly { group: DepthGroup; tally: Tally }[]): string {
  const edges = layout.edges.map((edge) => `<path class="e" d="${edge.path}"/>`);
  const boxes = groups.map(({ group, tally }) => {
    const at = layout.nodes.get(group.id);
    if (!at) return "";
    const depth =
      group.depth === group.depthLast ? `Depth ${group.depth + 1}` : `Depths ${group.depth + 1}–${group.depthLast + 1}`;
    const bars = barParts(tally).map(
      ({ part, x, width }) =>
        `<rect class="b ${FILL[part]}" data-part="${part}" x="${x}" y="40" width="${width}" height="4"/>`,
    );
    return (
      `<g class="n group" data-group="${group.id}" transform="translate(${at.x} ${at.y})">` +
      `<rect class="box"/><text class="t" x="12" y="18">${depth}</text>` +
      `<text class="c" x="164" y="18">${group.ids.length.toLocaleString("en")}</text>` +
      `<text class="w" x="12" y="33">${tallyLine(tally)}</text>${bars.join("")}</g>`
    );
  });
  return `<g>${edges.join("")}</g><g>${boxes.join("")}</g>`;
}

/** Where each part of a group's bar begins and how wide it is. */
export function barParts(tally: Tally): { part: keyof Tally; x: number; width: number }[] {
  const total = PARTS.reduce((sum, part) => sum + tally[part], 0) || 1;
  let x = 12;
  return PARTS.map((part) => {
    const width = Math.round((tally[part] / total) * BAR_WIDTH * 10) / 10;
    const place = { part, x: Math.round(x * 10) / 10, width };
    x += width;
    return place;
  });
}

/** What matters most about a group, in words. */
export function tallyLine(tally: Tally): string {
  const words = [
    tally.failed > 0 ? `${tally.failed} failed` : "",
    tally.active > 0 ? `${tally.active} active` : "",
    tally.ready > 0 ? `${tally.ready} ready` : "",
    tally.success > 0 ? `${tally.success} done` : "",
  ].filter(Boolean);
  return words.slice(0, 2).join(", ") || "waiting";
}
