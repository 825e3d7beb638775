"use client";
import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { X } from "lucide-react";
import { useMemo } from "react";
import { LOOKS, taskDisplayStatus } from "../../../../components/status/display-status";
import { StatusIcon } from "../../../../components/status/status-icon";
import { useTRPC } from "../../../../components/trpc/providers";
import { Skeleton } from "../../../../components/ui/skeleton";
import { Duration } from "../../../../components/ui/time";
import { useReasons } from "../list/use-reasons";
import type { Selection } from "../read-selection";
import { useRun } from "../run-context";
import type { RunStore, RunTask } from "../run-store";
import { whyLine } from "../why-line";
import { CancelTask } from "./cancel-task";
import { DispatchTask } from "./dispatch-task";
import { TaskDetails } from "./task-details";
import { TaskLog } from "./task-log";

interface TaskDrawerProps {
  taskKey: string;
  panel: Selection["panel"];
  onPanel: (panel: Selection["panel"]) => void;
  onSelect: (key: string | null) => void;
}

/** The selected task: why it stands where it does, its log, its details. */
export function TaskDrawer(props: TaskDrawerProps) {
  const task = useRun(useMemo(() => byKey(props.taskKey), [props.taskKey]));
  const loaded = useRun((store) => store.tasks !== null);
  return (
    <aside
      aria-label={`Task ${props.taskKey}`}
      data-drawer={props.taskKey}
      className="fixed inset-x-0 top-12 bottom-14 z-20 flex min-h-0 flex-col border-line bg-bg md:bottom-0 lg:static lg:z-0 lg:w-[30rem] lg:shrink-0 lg:border-l xl:w-[36rem]"
    >
      {task ? (
        <DrawerOf task={task} {...props} />
      ) : (
        <div className="flex items-start justify-between gap-3 p-4">
          {loaded ? (
            <p className="text-sm text-muted">This run has no task “{props.taskKey}”.</p>
          ) : (
            <Skeleton className="h-5 w-40" />
          )}
          <Close onSelect={props.onSelect} />
        </div>
      )}
    </aside>
  );
}

function DrawerOf({ task, panel, onPanel, onSelect }: TaskDrawerProps & { task: RunTask }) {
  const trpc = useTRPC();
  const status = taskDisplayStatus(task.status, task.readiness, task.reason);
  const reasons = useReasons(useMemo(() => [task], [task]));
  const why = whyLine(task, reasons[task.id]);
  const details = useQuery({
    ...trpc.screens.task.queryOptions({ taskId: task.id }),
    // What it shows of attempts and neighbours changes with the task's own status.
    staleTime: 0,
    refetchInterval: task.finishedAt === null ? 5_000 : false,
  });
  return (
    <>
      <header className="border-b border-line px-4 pt-3.5 md:px-5">
        <div className="flex items-start gap-2.5">
          <StatusIcon status={status} size={18} className="mt-1" />
          <div className="min-w-0 flex-1">
            <h2 className="truncate text-base font-semibold">{task.key}</h2>
            <p className="text-sm text-muted" data-why>
              {why.startsWith(LOOKS[status].word) ? null : <span className="text-fg">{LOOKS[status].word}</span>}
              {task.startedAt ? (
                <span className="tabular-nums">
                  {" "}
                  · <Duration from={task.startedAt} to={task.finishedAt} />
                </span>
              ) : null}
              {why ? `${why.startsWith(LOOKS[status].word) ? "" : " · "}${why}` : ""}
            </p>
          </div>
          <Close onSelect={onSelect} />
        </div>
        <div className="mt-2 flex items-end justify-between">
          <div role="tablist" aria-label="About this task" className="-mb-px -ml-2 flex">
            {(["log", "details"] as const).map((each) => (
              <button
                key={each}
                type="button"
                role="tab"
                aria-selected={panel === each}
                onClick={() => onPanel(each)}
                className={clsx(
                  "h-9 border-b-2 px-2.5 text-sm font-medium capitalize",
                  panel === each ? "border-fg" : "border-transparent text-muted hover:text-fg",
                )}
              >
                {each}
              </button>
            ))}
          </div>
          <div className="mb-1.5 flex gap-2">
            <DispatchTask task={task} />
            <CancelTask task={task} />
          </div>
        </div>
      </header>
      {panel === "log" ? (
        <TaskLog task={task} waiting={why} />
      ) : (
        <TaskDetails details={details.data ?? null} error={details.error} onSelect={onSelect} />
      )}
    </>
  );
}

function Close({ onSelect }: { onSelect: (key: null) => void }) {
  return (
    <button
      type="button"
      aria-label="Close the task"
      title="Close (Esc)"
      onClick={() => onSelect(null)}
      className="grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-hover hover:text-fg"
    >
      <X size={16} />
    </button>
  );
}

function byKey(key: string): (store: RunStore) => RunTask | null {
  let position = -1;
  return (store) => {
    if (store.tasks?.[position]?.key !== key) position = store.tasks?.findIndex((task) => task.key === key) ?? -1;
    return store.tasks?.[position] ?? null;
  };
}
