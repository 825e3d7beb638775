"use client";
import Link from "next/link";
import type { RunPage } from "@/server/read/run-page";
import { CountList } from "../../../../components/status/count-list";
import { runDisplayStatus } from "../../../../components/status/display-status";
import { ProgressBar } from "../../../../components/status/progress-bar";
import { segmentsOf } from "../../../../components/status/segments";
import { StatusPill } from "../../../../components/status/status-icon";
import { Ago, Duration } from "../../../../components/ui/time";
import { useRun } from "../run-context";
import type { RunStore } from "../run-store";
import { Announcer } from "./announcer";
import { RunActions } from "./run-actions";
import { RunNotices } from "./run-notices";

/** How the run stands, in a word, a bar and numbers, and what can be done about it. */
export function RunHeader({ template, runnersOnline }: { template: RunPage["template"]; runnersOnline: number }) {
  const run = useRun((store) => store.run);
  const segments = segmentsOf(run.counts, run.readyCount, useRun(countBlocked));
  return (
    <div className="px-4 pt-5 pb-3 md:px-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <StatusPill status={runDisplayStatus(run.status, run.settled)} />
        <h1 className="min-w-0 truncate text-xl font-semibold tracking-tight">
          {run.title} <span className="ml-1 font-normal text-muted tabular-nums">#{run.number}</span>
        </h1>
      </div>
      <p className="mt-1.5 flex flex-wrap gap-x-1.5 text-sm text-muted">
        {template ? (
          <span>
            {template.archived ? (
              template.name
            ) : (
              <Link href={`/templates/${template.id}`} className="hover:text-fg">
                {template.name}
              </Link>
            )}{" "}
            v{run.templateVersion}
          </span>
        ) : (
          <span>{run.name}</span>
        )}
        <span>· by {run.createdBy}</span>
        <span>
          · created <Ago at={run.createdAt} />
        </span>
        {run.startedAt ? (
          <span className="tabular-nums">
            · {run.settled ? "took" : "running for"} <Duration from={run.startedAt} to={run.finishedAt} />
          </span>
        ) : null}
      </p>
      <div className="mt-4 space-y-2.5">
        <ProgressBar segments={segments} className="h-2" />
        <CountList segments={segments} />
      </div>
      <RunActions />
      <RunNotices runnersOnline={runnersOnline} />
      <Announcer />
    </div>
  );
}

/** How many tasks stand behind a failure; 0 until the tasks have been loaded. */
function countBlocked({ run, tasks }: RunStore): number {
  if (run.counts.failed + run.counts["submit-failed"] + run.counts.canceled === 0) return 0;
  let count = 0;
  for (const task of tasks ?? []) if (task.status === "created" && task.readiness === "blocked") count += 1;
  return count;
}
