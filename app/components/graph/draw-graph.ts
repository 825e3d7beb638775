import type { GraphLayout } from "@/server/core/graph-layout";
import { type DisplayStatus, LOOKS } from "../status/display-status";
import { cutText, escapeXml } from "./xml";

export interface DrawnNode {
  id: string;
  key: string;
  name: string;
  status: DisplayStatus;
  /** Instead of the status's word. */
  line?: string;
}

const KEY_LENGTH = 18;
const LINE_LENGTH = 22;

/**
 * The inside of a graph's SVG as text: a thousand React elements would be sent twice and hydrated one by one, and
 * statuses are set on the finished picture anyway. Everything that is not a number or a word of ours is escaped.
 * Single quotes and one path for all edges keep it short: it travels in the page and again in the page's data.
 */
export function drawGraph(layout: GraphLayout, nodes: readonly DrawnNode[]): string {
  const boxes = nodes.map((node) => {
    const at = layout.nodes.get(node.id);
    return at ? drawNode(node, at) : "";
  });
  return `<path class='e' d='${layout.edges.map((edge) => edge.path).join("")}'/>${boxes.join("")}`;
}

function drawNode(node: DrawnNode, at: { x: number; y: number }): string {
  const key = escapeXml(cutText(node.key, KEY_LENGTH));
  const line = escapeXml(cutText(node.line ?? LOOKS[node.status].word, LINE_LENGTH));
  const full = node.key === node.name ? node.key : `${node.name} (${node.key})`;
  const title = cutText(node.key, KEY_LENGTH) === full ? "" : `<title>${escapeXml(full)}</title>`;
  return (
    `<g class='n' data-node='${escapeXml(node.id)}' data-s='${node.status}' transform='translate(${at.x} ${at.y})'>` +
    `${title}<rect/><use href='#s-${node.status}' x='12' y='14'/>` +
    `<text class='t' x='38' y='19'>${key}</text><text class='w' x='38' y='34'>${line}</text></g>`
  );
}
