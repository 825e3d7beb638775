"use client";
import Link from "next/link";
import { ACTIVE_STATUSES } from "@/server/core/status";
import { Kbd } from "../../../../components/ui/kbd";
import { Notice } from "../../../../components/ui/notice";
import { useRun } from "../run-context";
import { useRunnersOnline } from "./use-runners-online";

/** What keeps the run from going on, where a person can do something about it. */
export function RunNotices({ runnersOnline }: { runnersOnline: number }) {
  const run = useRun((store) => store.run);
  const online = useRunnersOnline(runnersOnline);
  const active = ACTIVE_STATUSES.reduce((sum, status) => sum + run.counts[status], 0);
  if (online === 0 && !run.settled)
    return (
      <Notice kind="attention" className="mt-3">
        No runner is online, so nothing can start.{" "}
        <Link href="/runners" className="font-medium underline underline-offset-2">
          How to start one
        </Link>
      </Notice>
    );
  if (run.status === "created" && run.dispatch === "manual" && active === 0)
    return (
      <Notice kind="info" className="mt-3">
        Nothing runs yet. Press <Kbd>d</Kbd> to dispatch the first ready task, or switch Auto on.
      </Notice>
    );
  return null;
}
