"use client";
import clsx from "clsx";
import Link from "next/link";
import type { RunSummary } from "@/server/read/run-summary";
import { LOOKS, runDisplayStatus } from "../../components/status/display-status";
import { ProgressBar } from "../../components/status/progress-bar";
import { doneOf, segmentsOf, totalOf } from "../../components/status/segments";
import { StatusIcon } from "../../components/status/status-icon";
import { Ago, Duration } from "../../components/ui/time";
import { reasonLine } from "./reason-line";

interface RunRowProps {
  run: RunSummary;
  current: boolean;
  rowRef: (element: HTMLElement | null) => void;
}

/** A run in the list: status, what it is, how far it is, why it stands. */
export function RunRow({ run, current, rowRef }: RunRowProps) {
  const status = runDisplayStatus(run.status, run.settled);
  const reason = reasonLine(run);
  return (
    <li
      ref={rowRef}
      data-run={run.number}
      data-status={run.status}
      className={clsx(
        "group relative grid min-h-[60px] grid-cols-[1.25rem_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-2.5 last:border-0 hover:bg-hover",
        "md:grid-cols-[1.25rem_minmax(0,1.4fr)_minmax(8rem,1fr)_5rem_7rem]",
        current && "bg-selected shadow-[inset_2px_0_0_var(--focus)]",
      )}
    >
      <StatusIcon status={status} />
      <div className="min-w-0">
        <Link href={`/runs/${run.number}`} className="flex items-baseline gap-2 after:absolute after:inset-0">
          <span className="truncate text-sm font-medium">{run.title}</span>
          <span className="shrink-0 text-xs text-muted tabular-nums">#{run.number}</span>
        </Link>
        <p className="truncate text-xs text-muted">
          <span className="text-fg">{LOOKS[status].word}</span>
          {reason ? <span> · {reason}</span> : null}
          {run.title === run.name ? null : <span> · {run.name}</span>}
        </p>
      </div>
      <div className="col-span-2 col-start-2 row-start-2 md:col-span-1 md:col-start-auto md:row-start-auto">
        <ProgressBar segments={segmentsOf(run.counts, run.readyCount)} />
      </div>
      <div className="hidden text-right text-sm tabular-nums md:block">
        {doneOf(run.counts)}
        <span className="text-muted">/{totalOf(run.counts)}</span>
      </div>
      <div className="text-right text-xs leading-5 text-muted tabular-nums">
        <Ago at={run.createdAt} className="block" />
        {run.startedAt ? <Duration from={run.startedAt} to={run.finishedAt} className="block max-md:hidden" /> : null}
      </div>
    </li>
  );
}
