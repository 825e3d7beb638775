"use client";
import { formatAge, formatDuration, formatFull } from "./format-time";
import { useNow } from "./use-now";

/** How long ago, with the full time on hover. */
export function Ago({ at, className }: { at: number; className?: string }) {
  const now = useNow();
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={now === null ? undefined : formatFull(at)}
      className={className}
      suppressHydrationWarning
    >
      {now === null ? "…" : formatAge(now - at)}
    </time>
  );
}

/** How long it took, or has been taking when it has no end. */
export function Duration({ from, to, className }: { from: number; to: number | null; className?: string }) {
  const now = useNow();
  const end = to ?? now;
  return <span className={className}>{end === null ? "…" : formatDuration(end - from)}</span>;
}
