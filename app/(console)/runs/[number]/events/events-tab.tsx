"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { EventRow } from "@/server/read/run-history";
import { StatusIcon } from "../../../../components/status/status-icon";
import { errorText } from "../../../../components/trpc/error-text";
import { useTRPC } from "../../../../components/trpc/providers";
import { Button } from "../../../../components/ui/button";
import { formatClock, formatFull } from "../../../../components/ui/format-time";
import { Notice } from "../../../../components/ui/notice";
import { SkeletonRows } from "../../../../components/ui/skeleton";
import { useRun, useRunStore } from "../run-context";
import { eventSentence } from "./event-sentence";
import { EVENT_STATUS } from "./event-status";

const PAGE = 100;

/** What happened, newest first; older events are read only when asked for. */
export function EventsTab({ onSelect }: { onSelect: (key: string) => void }) {
  const trpc = useTRPC();
  const store = useRunStore();
  const version = useRun((each) => each.version);
  const [shown, setShown] = useState(PAGE);
  const query = useInfiniteQuery(
    trpc.screens.runHistory.infiniteQueryOptions(
      { runId: store.run.id, limit: PAGE },
      {
        getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.number),
        staleTime: 0,
        gcTime: 0,
        refetchOnWindowFocus: false,
      },
    ),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says that the events inside the store changed
  const events = useMemo(() => {
    const read = query.data?.pages.flat() ?? [];
    const newest = read[0]?.number ?? 0;
    return query.data ? [...store.events.filter((event) => event.number > newest), ...read] : [];
  }, [query.data, store, version]);

  function showOlder() {
    setShown(shown + PAGE);
    if (events.length < shown + PAGE && query.hasNextPage) void query.fetchNextPage();
  }

  return (
    <div id="panel-events" role="tabpanel" aria-labelledby="tab-events" className="min-h-0 flex-1 overflow-y-auto">
      {query.error ? (
        <Notice kind="failed" role="alert" className="m-4">
          {errorText(query.error)}
        </Notice>
      ) : null}
      {query.isPending ? <SkeletonRows rows={8} height="h-9" /> : null}
      <ol aria-label="Events, newest first">
        {events.slice(0, shown).map((event) => (
          <EventLine key={event.number} event={event} onSelect={onSelect} />
        ))}
      </ol>
      {query.hasNextPage || events.length > shown ? (
        <div className="flex justify-center p-4">
          <Button size="sm" busy={query.isFetchingNextPage} onClick={showOlder}>
            {query.isFetchingNextPage ? "Loading…" : "Load older events"}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function EventLine({ event, onSelect }: { event: EventRow; onSelect: (key: string) => void }) {
  const status = EVENT_STATUS[event.type];
  const { taskKey } = event;
  return (
    <li
      data-event={event.type}
      className="grid grid-cols-[3rem_1rem_minmax(0,1fr)_auto] items-center gap-x-3 border-b border-line px-4 py-2 text-sm hover:bg-hover md:px-6"
    >
      <span className="text-right text-xs text-muted tabular-nums">{event.number}</span>
      {status ? <StatusIcon status={status} size={14} /> : <span />}
      {taskKey === null ? (
        <span className="min-w-0 [overflow-wrap:anywhere]">{eventSentence(event)}</span>
      ) : (
        <button
          type="button"
          className="min-w-0 text-left [overflow-wrap:anywhere] hover:underline hover:underline-offset-2"
          onClick={() => onSelect(taskKey)}
        >
          {eventSentence(event)}
        </button>
      )}
      <time
        dateTime={new Date(event.at).toISOString()}
        title={formatFull(event.at)}
        className="text-xs text-muted tabular-nums"
      >
        {formatClock(event.at)}
      </time>
    </li>
  );
}
