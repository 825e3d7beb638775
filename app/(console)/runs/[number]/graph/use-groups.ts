"use client";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type DepthGroup, groupByDepth } from "@/server/core/graph-groups";
import { useRunStore, useTaskChanges } from "../run-context";
import type { RunTask } from "../run-store";
import { barParts, GROUPS_MAX, groupTallies, tallyLine } from "./draw-groups";

const REPAINT_MS = 250;

/** Keeps the nodes of a grouped graph true, and knows which of them is open. */
export function useGroups(frame: RefObject<HTMLDivElement | null>) {
  const store = useRunStore();
  const [grouped, setGrouped] = useState(false);
  const [opened, setOpened] = useState<DepthGroup | null>(null);
  const groups = useRef<DepthGroup[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    setGrouped(frame.current?.querySelector("svg.grouped") != null);
    return () => clearTimeout(timer.current);
  }, [frame]);

  const groupsNow = useCallback(() => {
    const tasks = store.tasks;
    if (tasks) groups.current ??= groupByDepth(toInput(tasks), GROUPS_MAX).nodes;
    return groups.current ?? [];
  }, [store]);

  useTaskChanges(() => {
    const svg = frame.current?.querySelector("svg.grouped");
    if (!svg || timer.current) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      for (const group of groupsNow())
        paintGroup(
          svg,
          group,
          group.ids.flatMap((id) => store.task(id) ?? []),
        );
    }, REPAINT_MS);
  });

  return {
    grouped,
    opened,
    open: (id: string) => setOpened(groupsNow().find((group) => group.id === id) ?? null),
    close: () => setOpened(null),
  };
}

function toInput(tasks: RunTask[]) {
  const edges = tasks.flatMap((task) =>
    task.needs.flatMap((position) => {
      const from = tasks[position]?.id;
      return from === undefined ? [] : [{ from, to: task.id }];
    }),
  );
  return { nodes: tasks.map(({ id }) => ({ id })), edges };
}

function paintGroup(svg: Element, group: DepthGroup, tasks: RunTask[]): void {
  const node = svg.querySelector(`[data-group="${CSS.escape(group.id)}"]`);
  if (!node) return;
  const tally = groupTallies(tasks);
  const line = node.querySelector(".w");
  if (line) line.textContent = tallyLine(tally);
  for (const { part, x, width } of barParts(tally)) {
    const bar = node.querySelector(`[data-part="${part}"]`);
    bar?.setAttribute("x", String(x));
    bar?.setAttribute("width", String(width));
  }
}
