"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { useShortcuts } from "../../../../components/frame/shortcuts";
import { SkeletonRows } from "../../../../components/ui/skeleton";
import { useRun, useRunStore } from "../run-context";
import { groupTasks, type ListItem } from "./group-tasks";
import { ListRow } from "./list-row";
import { useReasons } from "./use-reasons";

interface ListTabProps {
  selected: string | null;
  onSelect: (key: string | null) => void;
  hideDone: boolean;
  loading: boolean;
}

const ROW = 40;
const HEAD = 34;

/** Every task with its status and why it does not run; only the rows in sight exist. */
export function ListTab({ selected, onSelect, hideDone, loading }: ListTabProps) {
  const store = useRunStore();
  const version = useRun((each) => each.version);
  const scroller = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says that the tasks inside the store changed
  const items = useMemo(() => groupTasks(store.tasks ?? [], hideDone), [store, version, hideDone]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === "head" ? HEAD : ROW),
    getItemKey: (index) => keyOf(items[index], index),
    overscan: 12,
  });
  const rows = virtual.getVirtualItems();
  const reasons = useReasons(
    rows.flatMap(({ index }) => {
      const item = items[index];
      return item?.kind === "task" ? [item.task] : [];
    }),
  );

  const move = (step: number) => {
    const at = items.findIndex((item) => item.kind === "task" && item.task.key === selected);
    for (let index = at + step; index >= 0 && index < items.length; index += step) {
      const item = items[index];
      if (item?.kind === "task") return onSelect(item.task.key);
    }
  };
  useShortcuts({ j: () => move(1), k: () => move(-1) });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls, not rows that move under the reader
  useEffect(() => {
    const at = items.findIndex((item) => item.kind === "task" && item.task.key === selected);
    if (at !== -1) virtual.scrollToIndex(at, { align: "auto" });
  }, [selected]);

  if (loading && items.length === 0) return <SkeletonRows rows={10} height="h-10" />;
  return (
    <div id="panel-list" role="tabpanel" aria-labelledby="tab-list" className="flex min-h-0 flex-1 flex-col">
      <div ref={scroller} className="relative min-h-0 flex-1 overflow-y-auto [contain:strict]" data-list>
        {items.length === 0 ? (
          <p className="px-6 py-10 text-center text-sm text-muted">Every task has succeeded. Press H to show them.</p>
        ) : null}
        <ol aria-label="Tasks" style={{ height: virtual.getTotalSize() }} className="relative">
          {rows.map((row) => {
            const item = items[row.index];
            if (!item) return null;
            return (
              <li
                key={row.key}
                className="absolute inset-x-0 top-0"
                style={{ height: row.size, transform: `translateY(${row.start}px)` }}
              >
                {item.kind === "head" ? (
                  <Head item={item} />
                ) : (
                  <ListRow
                    task={item.task}
                    reasons={reasons[item.task.id]}
                    selected={item.task.key === selected}
                    onSelect={onSelect}
                  />
                )}
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

function Head({ item }: { item: Extract<ListItem, { kind: "head" }> }) {
  return (
    <h2 className="flex h-full items-end gap-2 px-4 pb-1.5 text-xs md:px-6">
      <span className="font-semibold">{item.word}</span>
      <span className="text-muted tabular-nums">{item.count.toLocaleString("en")}</span>
    </h2>
  );
}

function keyOf(item: ListItem | undefined, index: number): string | number {
  return item === undefined ? index : item.kind === "head" ? `head ${item.word}` : item.task.id;
}
