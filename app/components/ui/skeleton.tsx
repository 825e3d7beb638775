import clsx from "clsx";

/** A grey place for what is still on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <div className={clsx("animate-skeleton rounded bg-line", className)} aria-hidden="true" />;
}

/** Rows of a table that is still on its way, in their final height. */
export function SkeletonRows({ rows, height = "h-[60px]" }: { rows: number; height?: string }) {
  return (
    <div role="status" aria-label="Loading">
      {[...Array(rows).keys()].map((row) => (
        <div key={row} className={clsx("flex items-center gap-4 border-b border-line px-4 last:border-0", height)}>
          <Skeleton className="size-4 rounded-full" />
          <Skeleton className="h-3.5 w-24" />
          <Skeleton className="h-3.5 flex-1" />
          <Skeleton className="h-3.5 w-16" />
        </div>
      ))}
    </div>
  );
}
