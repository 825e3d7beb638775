"use client";
import { useEffect } from "react";
import { useRun } from "./run-context";
import { runTitle } from "./run-title";

/** Keeps the document's title true. */
export function useRunTitle(): void {
  const title = useRun((store) => runTitle(store.run));
  useEffect(() => {
    document.title = title;
  }, [title]);
}
