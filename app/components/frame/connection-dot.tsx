"use client";
import clsx from "clsx";
import { formatClock } from "../ui/format-time";
import { useConnection } from "./use-connection";

/** Whether what is on the screen is live. */
export function ConnectionDot() {
  const { state, freshAt } = useConnection();
  const word =
    state === "live"
      ? "Live"
      : state === "connecting"
        ? "Connecting"
        : state === "reconnecting"
          ? "Reconnecting"
          : "Offline";
  return (
    <span
      role="status"
      data-connection={state}
      title={state === "live" || freshAt === null ? word : `${word}: data as of ${formatClock(freshAt)}`}
      className="inline-flex h-8 items-center gap-2 px-1.5 text-xs text-muted"
    >
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true" className={clsx("shrink-0", COLOUR[state])}>
        {state === "live" ? (
          <circle cx="4" cy="4" r="4" fill="currentColor" />
        ) : state === "offline" ? (
          <rect width="8" height="8" rx="1.5" fill="currentColor" />
        ) : (
          <circle cx="4" cy="4" r="3" fill="none" stroke="currentColor" strokeWidth="2" />
        )}
      </svg>
      <span className="max-sm:sr-only">{word}</span>
    </span>
  );
}

const COLOUR = {
  live: "text-success",
  connecting: "text-neutral",
  reconnecting: "text-attention",
  offline: "text-failed",
};
