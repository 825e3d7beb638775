"use client";
import { isFailure } from "@/server/core/status";
import { useShortcuts } from "../../../components/frame/shortcuts";
import type { Selection } from "./read-selection";
import { useRunStore } from "./run-context";

interface RunKeys {
  selection: Selection;
  select: (change: Partial<Selection>) => void;
  toggleDone: () => void;
}

/** The keys of the run page that choose what is shown; those that act are beside their buttons. */
export function useRunKeys({ selection, select, toggleDone }: RunKeys): void {
  const store = useRunStore();
  useShortcuts({
    "1": () => select({ tab: "graph" }),
    "2": () => select({ tab: "list" }),
    "4": () => select({ tab: "events" }),
    H: toggleDone,
    Escape: () => select({ task: null }),
    l: () => {
      if (selection.task !== null) select({ panel: "log" });
    },
    f: () => {
      const failures = (store.tasks ?? []).filter((task) => isFailure(task.status));
      const at = failures.findIndex((task) => task.key === selection.task);
      const next = failures[(at + 1) % failures.length];
      if (next) select({ task: next.key, panel: "log" });
    },
  });
}
