"use client";
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import type { RunStore } from "./run-store";

const RunContext = createContext<RunStore | null>(null);
export const RunStoreProvider = RunContext.Provider;

/** The store of the run that this page shows, without listening to it. */
export function useRunStore(): RunStore {
  const store = useContext(RunContext);
  if (!store) throw new Error("useRunStore needs a RunStoreProvider above it");
  return store;
}

/** Something of the run, again whenever the run has changed. `select` answers equal values for equal states. */
export function useRun<T>(select: (store: RunStore) => T): T {
  const store = useRunStore();
  return useSyncExternalStore(
    store.subscribe,
    () => select(store),
    () => select(store),
  );
}

/** Calls back with the tasks that changed; null: all of them may have. */
export function useTaskChanges(listener: Parameters<RunStore["subscribe"]>[0]): void {
  const store = useRunStore();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => store.subscribe((tasks) => latest.current(tasks)), [store]);
}
