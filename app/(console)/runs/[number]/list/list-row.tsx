"use client";
import clsx from "clsx";
import type { Reason } from "@/server/core/reasons";
import { taskDisplayStatus } from "../../../../components/status/display-status";
import { StatusIcon } from "../../../../components/status/status-icon";
import { Duration } from "../../../../components/ui/time";
import type { RunTask } from "../run-store";
import { whyLine } from "../why-line";

interface ListRowProps {
  task: RunTask;
  reasons: Reason[] | undefined;
  selected: boolean;
  onSelect: (key: string) => void;
}

/** A task in one line. */
export function ListRow({ task, reasons, selected, onSelect }: ListRowProps) {
  return (
    <div
      data-task={task.key}
      data-status={task.status}
      className={clsx(
        "relative grid h-full grid-cols-[1rem_minmax(6rem,1fr)_minmax(0,1.2fr)_4.5rem] items-center gap-x-3 border-b border-line px-4 text-sm md:px-6",
        selected ? "bg-selected shadow-[inset_2px_0_0_var(--focus)]" : "hover:bg-hover",
      )}
    >
      <span>
        <StatusIcon status={taskDisplayStatus(task.status, task.readiness, task.reason)} size={15} label />
      </span>
      <span className="min-w-0">
        <button
          type="button"
          aria-pressed={selected}
          onClick={() => onSelect(task.key)}
          className="block max-w-full truncate text-left font-medium after:absolute after:inset-0"
        >
          {task.key}
          {task.name === task.key ? null : <span className="ml-2 font-normal text-muted">{task.name}</span>}
        </button>
      </span>
      <span className="truncate text-xs text-muted" title={whyLine(task, reasons)}>
        {whyLine(task, reasons)}
      </span>
      <span className="text-right text-xs text-muted tabular-nums">
        {task.startedAt ? <Duration from={task.startedAt} to={task.finishedAt} /> : null}
      </span>
    </div>
  );
}
