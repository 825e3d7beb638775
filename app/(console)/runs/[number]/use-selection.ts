"use client";
import { useCallback, useSyncExternalStore } from "react";
import { readSelection, type Selection } from "./read-selection";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

/** What is selected, which lives in the address so that it can be shared; changing it never asks the server. */
export function useSelection(initial: Selection): [Selection, (change: Partial<Selection>) => void] {
  const search = useSyncExternalStore(
    subscribe,
    () => window.location.search,
    () => null,
  );
  const selection = search === null ? initial : readSelection(new URLSearchParams(search));
  const change = useCallback((next: Partial<Selection>) => {
    const params = new URLSearchParams(window.location.search);
    const merged = { ...readSelection(params), ...next };
    set(params, "tab", merged.tab === "graph" ? null : merged.tab);
    set(params, "task", merged.task);
    set(params, "panel", merged.task === null || merged.panel === "log" ? null : merged.panel);
    const query = params.toString();
    window.history.replaceState(window.history.state, "", window.location.pathname + (query ? `?${query}` : ""));
    for (const listener of listeners) listener();
  }, []);
  return [selection, change];
}

function set(params: URLSearchParams, name: string, value: string | null): void {
  if (value === null) params.delete(name);
  else params.set(name, value);
}
