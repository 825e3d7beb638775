"use client";
import { isActive } from "@/server/core/status";
import { Button } from "../../../../components/ui/button";
import type { RunTask } from "../run-store";

interface LogStateProps {
  task: RunTask;
  failed: boolean;
  waiting: string;
  retry: () => void;
}

/** Why there is no output to show. */
export function LogState({ task, failed, waiting, retry }: LogStateProps) {
  return (
    <div className="grid min-h-0 flex-1 place-items-center bg-panel px-6 py-10 text-center">
      <div className="max-w-sm space-y-3 text-sm">
        {failed ? (
          <>
            <p>The log could not be loaded.</p>
            <Button size="sm" onClick={retry}>
              Try again
            </Button>
          </>
        ) : (
          <>
            <p className="font-medium">{title(task)}</p>
            {waiting && !task.startedAt ? <p className="text-muted first-letter:uppercase">{waiting}</p> : null}
          </>
        )}
      </div>
    </div>
  );
}

function title(task: RunTask): string {
  if (task.status === "running") return "Running; nothing was written yet";
  if (isActive(task.status)) return "Starting";
  if (task.status === "created") return "It has not run yet";
  return task.startedAt === null ? "It never started, so it wrote nothing" : "It wrote nothing";
}
