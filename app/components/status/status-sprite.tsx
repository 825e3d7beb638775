import type { ReactNode } from "react";
import type { DisplayStatus } from "./display-status";

const line = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.5,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;
const cut = { ...line, stroke: "var(--bg)", strokeWidth: 1.75 } as const;
const solid = { fill: "currentColor" } as const;
const square = <rect x="1.5" y="1.5" width="13" height="13" rx="3" {...solid} />;
const frame = <rect x="2" y="2" width="12" height="12" rx="2.5" {...line} />;

/** A shape of its own for every status, so that no meaning hangs on colour alone. */
const SHAPES: Record<DisplayStatus, ReactNode> = {
  waiting: <circle cx="8" cy="8" r="5.75" {...line} />,
  created: <circle cx="8" cy="8" r="5.75" strokeDasharray="2.4 2.4" {...line} />,
  blocked: (
    <path
      transform="scale(0.6667)"
      d="m18.84 12.25 1.72-1.71a5 5 0 0 0-.14-7.07 5 5 0 0 0-6.95 0l-1.72 1.71m-6.58 6.57-1.71 1.71a5 5 0 0 0 .12 7.07 5 5 0 0 0 6.95 0l1.71-1.71M8 2v3M2 8h3m11 11v3m3-6h3"
      {...line}
      strokeWidth={2.25}
    />
  ),
  ready: <path d="M4.5 2.9v10.2L12.9 8z" {...line} />,
  skipped: (
    <>
      <circle cx="8" cy="8" r="5.75" {...line} />
      <path d="m5.6 10.4 4.6-4.6M7.4 5.6h3v3" {...line} />
    </>
  ),
  dispatched: (
    <>
      <circle cx="8" cy="8" r="6.25" strokeDasharray="1.6 2.33" {...line} />
      <path d="M6.5 5.6v4.8L10.4 8z" {...solid} />
    </>
  ),
  queued: (
    <>
      <circle cx="2.75" cy="8" r="1.75" {...solid} />
      <circle cx="8" cy="8" r="1.75" {...solid} />
      <circle cx="13.25" cy="8" r="1.75" {...solid} />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="5.75" {...line} strokeWidth={2} opacity="0.25" />
      <circle cx="8" cy="8" r="5.75" className="arc" {...line} strokeWidth={2.25} />
    </>
  ),
  canceling: (
    <>
      <rect x="5.25" y="5.25" width="5.5" height="5.5" rx="1" {...solid} />
      <path d="M8 1.75A6.25 6.25 0 0 1 14.25 8" {...line} strokeWidth={2} />
    </>
  ),
  success: (
    <>
      <circle cx="8" cy="8" r="6.75" {...solid} />
      <path d="m5.1 8.2 2 2 3.9-4.2" {...cut} />
    </>
  ),
  failed: (
    <>
      {square}
      <path d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" {...cut} />
    </>
  ),
  "timed-out": (
    <>
      {square}
      <path d="M8 4.4V8l2.4 1.7" {...cut} />
    </>
  ),
  lost: (
    <>
      {square}
      <path d="M4 8h2.2M9.8 8H12M6.2 6v4M9.8 6.6v2.8" {...cut} />
    </>
  ),
  "submit-failed": (
    <>
      {square}
      <path d="M6.2 3.8v2.4m3.6-2.4v2.4M5 6.4h6v1.2a3 3 0 0 1-6 0zM8 10.6v1.8" {...cut} strokeWidth={1.4} />
    </>
  ),
  canceled: (
    <>
      {frame}
      <path d="m4.6 11.4 6.8-6.8" {...line} />
    </>
  ),
  paused: <path d="M5.5 3.5v9m5-9v9" {...line} strokeWidth={2.5} />,
  failing: (
    <>
      <rect x="2.25" y="2.25" width="11.5" height="11.5" rx="2.5" {...line} />
      <path d="M5.2 5.2 8 8l-2.8 2.8" {...line} strokeWidth={1.9} />
      <path d="M8 2.5v11" {...line} strokeWidth={1} strokeDasharray="1.5 2" />
    </>
  ),
  aborted: (
    <>
      <path d="M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5z" {...solid} />
      <path d="M5.6 5.6h4.8v4.8H5.6z" fill="var(--bg)" />
    </>
  ),
};

/** Every shape once a page; icons and graph nodes refer to it by `#s-<status>`. */
export function StatusSprite() {
  return (
    <svg width="0" height="0" className="absolute" aria-hidden="true">
      <defs>
        {Object.entries(SHAPES).map(([status, shape]) => (
          <g key={status} id={`s-${status}`}>
            {shape}
          </g>
        ))}
      </defs>
    </svg>
  );
}
