"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { useShortcuts } from "./shortcuts";

/** Moves through a list by j and k and opens by Enter; answers which row is current and where rows hand in their element. */
export function useListKeys(length: number, open: (index: number) => void) {
  const [current, setCurrent] = useState<number | null>(null);
  const rows = useRef(new Map<number, HTMLElement>());
  const move = useCallback(
    (step: number) =>
      setCurrent((now) => {
        if (length === 0) return null;
        return now === null ? (step > 0 ? 0 : length - 1) : Math.min(length - 1, Math.max(0, now + step));
      }),
    [length],
  );
  useEffect(() => {
    if (current !== null) rows.current.get(current)?.scrollIntoView({ block: "nearest" });
  }, [current]);
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (current !== null) open(current);
    },
    o: () => {
      if (current !== null) open(current);
    },
  });
  const rowRef = useCallback(
    (index: number) => (element: HTMLElement | null) => {
      if (element) rows.current.set(index, element);
      else rows.current.delete(index);
    },
    [],
  );
  return { current, rowRef };
}
