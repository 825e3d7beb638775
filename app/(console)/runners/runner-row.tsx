import clsx from "clsx";
import Link from "next/link";
import type { RunnerCard } from "@/server/read/runners-page";
import { Ago } from "../../components/ui/time";

/** A runner: whether it is there, how busy it is, what it offers. */
export function RunnerRow({ runner }: { runner: RunnerCard }) {
  const state = !runner.online ? "Offline" : runner.draining ? "Draining" : runner.busy > 0 ? "Busy" : "Available";
  return (
    <li
      data-runner={runner.name}
      className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-2 border-b border-line px-4 py-3.5 last:border-0 md:grid-cols-[1rem_minmax(0,1.2fr)_minmax(0,1fr)_10rem_7rem]"
    >
      <Dot online={runner.online} draining={runner.draining} />
      <div className="min-w-0">
        <p className="truncate text-sm font-medium">{runner.name}</p>
        <p className="truncate text-xs text-muted">
          <span className="text-fg">{state}</span>
          {runner.host ? ` · ${runner.host}` : ""}
          {runner.version ? ` · v${runner.version}` : ""}
        </p>
      </div>
      <div className="col-span-2 col-start-2 flex flex-wrap gap-1 max-md:row-start-2 md:col-span-1 md:col-start-auto">
        {runner.labels.map((label) => (
          <span
            key={label}
            className="rounded border border-line bg-panel px-1.5 py-0.5 font-mono text-[11px] leading-4"
          >
            {label}
          </span>
        ))}
        {runner.labels.length === 0 ? <span className="text-xs text-muted">no labels</span> : null}
      </div>
      <div className="max-md:col-start-2 max-md:row-start-3">
        {runner.online ? (
          <Slots busy={runner.busy} slots={runner.slots} />
        ) : (
          <p className="text-sm text-muted">{runner.slots} slots</p>
        )}
        <p className="mt-1 truncate text-xs text-muted">
          {runner.tasks[0] ? (
            <Link className="hover:text-fg" href={`/runs/${runner.tasks[0].runNumber}`}>
              {runner.tasks[0].key}
              {runner.busy > 1 ? ` and ${runner.busy - 1} more` : ""}
            </Link>
          ) : (
            "no task"
          )}
        </p>
      </div>
      <p className="text-right text-xs text-muted tabular-nums max-md:col-start-3 max-md:row-start-1">
        {runner.lastSeenAt ? (
          <>
            <span className="max-md:hidden">heard </span>
            <Ago at={runner.lastSeenAt} />
          </>
        ) : (
          "never heard"
        )}
      </p>
    </li>
  );
}

function Dot({ online, draining }: { online: boolean; draining: boolean }) {
  return (
    <svg
      width="10"
      height="10"
      viewBox="0 0 10 10"
      aria-hidden="true"
      className={clsx(online ? (draining ? "text-attention" : "text-success") : "text-neutral")}
    >
      {online ? (
        <circle cx="5" cy="5" r="4.5" fill="currentColor" />
      ) : (
        <circle cx="5" cy="5" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" />
      )}
    </svg>
  );
}

const MOST_DOTS = 16;

function Slots({ busy, slots }: { busy: number; slots: number }) {
  return (
    <p className="flex items-center gap-2 text-sm tabular-nums">
      {slots > 0 && slots <= MOST_DOTS ? (
        <svg width={slots * 10 - 3} height="8" viewBox={`0 0 ${slots * 10 - 3} 8`} aria-hidden="true">
          {[...Array(slots).keys()].map((slot) => (
            <rect
              key={slot}
              x={slot * 10}
              width="7"
              height="8"
              rx="2"
              className={slot < busy ? "fill-active" : "fill-line-strong"}
            />
          ))}
        </svg>
      ) : null}
      <span>
        {busy}
        <span className="text-muted">/{slots} slots</span>
      </span>
    </p>
  );
}
