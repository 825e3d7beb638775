"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useToasts } from "../../../../components/frame/toasts";
import { Button } from "../../../../components/ui/button";
import { formatClock } from "../../../../components/ui/format-time";
import { Skeleton } from "../../../../components/ui/skeleton";
import type { RunTask } from "../run-store";
import { LogBar } from "./log-bar";
import { shownText, toLines } from "./log-lines";
import { LogState } from "./log-state";
import { useLog } from "./use-log";

const ROW = 20;
/** So near to the end counts as at the end. */
const END_PX = 24;

/** What the task wrote; follows the end until somebody scrolls up. */
export function TaskLog({ task, waiting }: { task: RunTask; waiting: string }) {
  const log = useLog(task.id, task.attempt);
  const toasts = useToasts();
  const [following, setFollowing] = useState(true);
  const [seenLines, setSeenLines] = useState(0);
  const [times, setTimes] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => toLines(log.pieces), [log.pieces]);
  const widest = useMemo(
    () => lines.reduce((most, line) => Math.max(most, Math.min(4_100, line.text.length)), 0),
    [lines],
  );
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 30,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end
  useLayoutEffect(() => {
    if (following && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [lines, following]);
  useEffect(() => {
    if (following) setSeenLines(lines.length);
  }, [following, lines.length]);

  function onScroll() {
    const element = scroller.current;
    if (element) setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < END_PX);
  }

  if (log.state === "loading")
    return (
      <div className="space-y-2 p-5">
        <Skeleton className="h-3 w-2/3" />
        <Skeleton className="h-3 w-1/2" />
        <Skeleton className="h-3 w-3/5" />
      </div>
    );
  if (log.state === "failed" || lines.length === 0)
    return <LogState task={task} failed={log.state === "failed"} waiting={waiting} retry={log.retry} />;
  const news = lines.length - seenLines;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <LogBar
        lines={lines.length}
        hasEarlier={log.hasEarlier}
        text={() => lines.map((line) => shownText(line.text)).join("\n")}
        onEarlier={() => void log.loadEarlier().catch(toasts.failed)}
        times={times}
        onTimes={setTimes}
      />
      <div
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label={`Output of ${task.key}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto bg-panel outline-offset-[-2px] [contain:strict]"
      >
        <div
          className="relative min-w-full"
          style={{ height: virtual.getTotalSize() + 16, width: `calc(${widest + (times ? 10 : 0)}ch + 5rem)` }}
        >
          {virtual.getVirtualItems().map((row) => {
            const line = lines[row.index];
            if (!line) return null;
            return (
              <div
                key={row.key}
                data-stream={line.stream}
                className="log-line absolute inset-x-0 top-2 flex h-5"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <span className="w-12 shrink-0 pr-3 text-right text-muted select-none" aria-hidden="true">
                  {log.hasEarlier ? "" : row.index + 1}
                </span>
                {times ? (
                  <span className="w-[10ch] shrink-0 text-muted select-none">{formatClock(line.at)}</span>
                ) : null}
                <span>{shownText(line.text)}</span>
              </div>
            );
          })}
        </div>
      </div>
      {following ? null : (
        <div className="absolute inset-x-0 bottom-3 flex justify-center">
          <Button size="sm" className="rounded-full shadow-float" onClick={() => setFollowing(true)}>
            <ArrowDown size={13} />
            {news > 0 ? `${news.toLocaleString("en")} new lines, jump to end` : "Jump to end"}
          </Button>
        </div>
      )}
    </div>
  );
}
