import clsx from "clsx";
import type { Ref } from "react";

interface GraphSvgProps {
  width: number;
  height: number;
  label: string;
  /** Made by drawGraph or drawGroups, which escape every text. */
  markup: string;
  className?: string;
  ref?: Ref<SVGSVGElement>;
}

const MARGIN = 24;
/** About the size of the place it is shown in, so that a small graph is not blown up before the browser has measured. */
const PLACE = { width: 1180, height: 560 };

/** The frame of a graph; the browser moves its viewBox and changes attributes of nodes, nothing else. */
export function GraphSvg({ width, height, label, markup, className, ref }: GraphSvgProps) {
  const boxWidth = Math.max(width + 2 * MARGIN, PLACE.width);
  const boxHeight = Math.max(height + 2 * MARGIN, PLACE.height);
  const viewBox = [(width - boxWidth) / 2, (height - boxHeight) / 2, boxWidth, boxHeight].join(" ");
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no other element that an SVG could be
    <svg
      ref={ref}
      viewBox={viewBox}
      data-width={width}
      data-height={height}
      role="group"
      aria-label={label}
      className={clsx("graph", className)}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: drawn by drawGraph, which escapes every text; tested there
      dangerouslySetInnerHTML={{ __html: markup }}
    />
  );
}
