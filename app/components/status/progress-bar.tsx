import clsx from "clsx";
import type { Segment } from "./segments";

const FILL: Partial<Record<Segment["status"], string>> = {
  success: "fill-success",
  failed: "fill-failed",
  canceled: "fill-neutral",
  skipped: "fill-neutral opacity-50",
  canceling: "fill-attention",
  running: "fill-active",
  queued: "fill-active opacity-75",
  dispatched: "fill-active opacity-55",
  ready: "fill-active opacity-30",
  waiting: "fill-line",
  blocked: "fill-line-strong",
};

/** A bar with one part for every kind of task, in true proportions. The numbers stand beside it in words. */
export function ProgressBar(props: { segments: Segment[]; className?: string }) {
  const total = props.segments.reduce((sum, segment) => sum + segment.count, 0) || 1;
  const label = props.segments.map((segment) => `${segment.count} ${segment.word}`).join(", ");
  // Attributes, not inline styles: they are allowed under a strict content security policy and cost less.
  let start = 0;
  return (
    <svg
      role="img"
      aria-label={label || "no tasks"}
      viewBox="0 0 1000 10"
      preserveAspectRatio="none"
      className={clsx("block h-1.5 w-full overflow-hidden rounded-full", props.className)}
    >
      <rect width="1000" height="10" className="fill-line" />
      {props.segments.map((segment) => {
        const x = start;
        const width = (segment.count / total) * 1000;
        start += width;
        return (
          <rect
            key={segment.status}
            x={x.toFixed(1)}
            width={width.toFixed(1)}
            height="10"
            className={FILL[segment.status]}
          >
            <title>{`${segment.count} ${segment.word}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
