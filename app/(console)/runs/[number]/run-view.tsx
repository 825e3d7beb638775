"use client";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { RunPage } from "@/server/read/run-page";
import { useLive } from "../../../components/frame/live-provider";
import { errorText } from "../../../components/trpc/error-text";
import { useTRPC } from "../../../components/trpc/providers";
import { Notice } from "../../../components/ui/notice";
import { TaskDrawer } from "./drawer/task-drawer";
import { EventsTab } from "./events/events-tab";
import { GraphTab } from "./graph/graph-tab";
import { RunHeader } from "./header/run-header";
import { ListTab } from "./list/list-tab";
import type { Selection } from "./read-selection";
import { RunStoreProvider } from "./run-context";
import { RunStore } from "./run-store";
import { RunTabs } from "./run-tabs";
import { useHideDone } from "./use-hide-done";
import { useRunKeys } from "./use-run-keys";
import { useRunTitle } from "./use-run-title";
import { useSelection } from "./use-selection";

interface RunViewProps {
  page: RunPage;
  initialSelection: Selection;
  /** Drawn on the server; only its attributes change afterwards. */
  graph: ReactNode;
}

/** A run: head, graph or list or events, and the selected task beside them. */
export function RunView(props: RunViewProps) {
  const [store] = useState(() => new RunStore(props.page.run));
  return (
    <RunStoreProvider value={store}>
      <LiveRun {...props} store={store} />
    </RunStoreProvider>
  );
}

function LiveRun({ page, initialSelection, graph, store }: RunViewProps & { store: RunStore }) {
  const trpc = useTRPC();
  const { watchRun } = useLive();
  const [selection, select] = useSelection(initialSelection);
  const [hideDone, setHideDone] = useHideDone();
  const table = useQuery({
    ...trpc.screens.runTasks.queryOptions({ runId: store.run.id }),
    // The stream keeps it up to date from here on; opening the page again reads it again.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  useEffect(() => {
    if (table.data) store.load(table.data);
  }, [table.data, store]);
  useEffect(
    () =>
      watchRun({ runId: store.run.id, eventNumber: store.eventNumber, onChanges: (changes) => store.apply(changes) }),
    [watchRun, store],
  );
  useRunTitle();
  const selectTask = (key: string | null, panel?: Selection["panel"]) =>
    select(panel ? { task: key, panel } : { task: key });
  useRunKeys({ selection, select, toggleDone: () => setHideDone(!hideDone) });

  return (
    <div className="flex min-h-0 flex-1 flex-col lg:h-[max(calc(100dvh-3rem),42rem)] lg:flex-none">
      <RunHeader template={page.template} runnersOnline={page.runnersOnline} />
      <RunTabs tab={selection.tab} onTab={(tab) => select({ tab })} hideDone={hideDone} onHideDone={setHideDone} />
      {table.error ? (
        <Notice kind="failed" role="alert" className="mx-4 mt-3 md:mx-6">
          The tasks could not be loaded. {errorText(table.error)}{" "}
          <button
            type="button"
            className="font-medium underline underline-offset-2"
            onClick={() => void table.refetch()}
          >
            Try again
          </button>
        </Notice>
      ) : null}
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-[26rem] min-w-0 flex-1 flex-col lg:min-h-0">
          {/* The graph stays in the document behind the other tabs: it is drawn once. */}
          <GraphTab
            hidden={selection.tab !== "graph"}
            selected={selection.task}
            onSelect={selectTask}
            hideDone={hideDone}
          >
            {graph}
          </GraphTab>
          {selection.tab === "list" ? (
            <ListTab selected={selection.task} onSelect={selectTask} hideDone={hideDone} loading={table.isPending} />
          ) : null}
          {selection.tab === "events" ? <EventsTab onSelect={selectTask} /> : null}
        </div>
        {selection.task === null ? null : (
          <TaskDrawer
            key={selection.task}
            taskKey={selection.task}
            panel={selection.panel}
            onPanel={(panel) => select({ panel })}
            onSelect={selectTask}
          />
        )}
      </div>
    </div>
  );
}
