import type { Segment } from "./segments";
import { StatusIcon } from "./status-icon";

/** The bar's parts in words and numbers. */
export function CountList({ segments }: { segments: Segment[] }) {
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm" aria-label="Tasks by status">
      {segments.map((segment) => (
        <li
          key={segment.status}
          className="inline-flex items-center gap-1.5 whitespace-nowrap"
          data-count={segment.status}
        >
          <StatusIcon status={segment.status} size={14} />
          <span className="font-medium tabular-nums">{segment.count.toLocaleString("en")}</span>
          <span className="text-muted">{segment.word}</span>
        </li>
      ))}
    </ul>
  );
}
