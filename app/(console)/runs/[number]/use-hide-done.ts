"use client";
import { useSyncExternalStore } from "react";

const KEY = "switchyard.hide-succeeded";
const listeners = new Set<() => void>();

/** Whether what succeeded is hidden; remembered in this browser for every run. */
export function useHideDone(): [boolean, (hide: boolean) => void] {
  const hidden = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => localStorage.getItem(KEY) === "on",
    () => false,
  );
  return [hidden, setHidden];
}

function setHidden(hide: boolean): void {
  if (hide) localStorage.setItem(KEY, "on");
  else localStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}
