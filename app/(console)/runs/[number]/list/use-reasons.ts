"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Reason } from "@/server/core/reasons";
import { isActive } from "@/server/core/status";
import { useTRPCClient } from "../../../../components/trpc/providers";
import { useRun, useRunStore } from "../run-context";
import type { RunTask } from "../run-store";

const ASKED_MAX = 100;
const PAUSE_MS = 1_000;

/** Why these tasks do not run, by id; asked again, at most once a second, when the run has changed. */
export function useReasons(tasks: readonly RunTask[]): Record<string, Reason[]> {
  const client = useTRPCClient();
  const store = useRunStore();
  const number = useRun((each) => each.eventNumber());
  const settled = useSettling(
    useMemo(() => {
      const ids = tasks
        .filter((task) => task.status === "created" || (isActive(task.status) && task.status !== "running"))
        .slice(0, ASKED_MAX)
        .map((task) => task.id);
      return { ids: ids.join(" "), number };
    }, [tasks, number]),
  );
  const taskIds = settled.ids === "" ? [] : settled.ids.split(" ");
  const { data } = useQuery({
    // The number belongs to the key, not to the question: the same tasks have other reasons after another event.
    queryKey: ["reasons", store.run.id, settled.ids, settled.number],
    queryFn: () => client.screens.reasons.query({ runId: store.run.id, taskIds }),
    enabled: taskIds.length > 0,
    placeholderData: keepPreviousData,
    gcTime: 5_000,
    // A runner that comes or goes changes the answer without an event of this run.
    refetchInterval: 10_000,
  });
  return data ?? NONE;
}

const NONE: Record<string, Reason[]> = {};

/** The value as it was at most a second ago, so that a storm of changes costs one question a second. */
function useSettling(value: { ids: string; number: number }): { ids: string; number: number } {
  const [settled, setSettled] = useState(value);
  const [last, setLast] = useState(0);
  useEffect(() => {
    if (settled.ids === value.ids && settled.number === value.number) return;
    const timer = setTimeout(
      () => {
        setLast(Date.now());
        setSettled(value);
      },
      Math.max(60, last + PAUSE_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [value, settled, last]);
  return settled;
}
