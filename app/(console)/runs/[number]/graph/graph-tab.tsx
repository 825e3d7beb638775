"use client";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import { GraphFrame } from "../../../../components/graph/graph-frame";
import { usePanZoom } from "../../../../components/graph/use-pan-zoom";
import { totalOf } from "../../../../components/status/segments";
import { useRun, useRunStore, useTaskChanges } from "../run-context";
import { GroupTasks } from "./group-tasks";
import { makeOperable } from "./make-operable";
import { neighbourOf } from "./neighbour-of";
import { paintNode, paintSelection } from "./paint-node";
import { useGroups } from "./use-groups";

interface GraphTabProps {
  hidden: boolean;
  selected: string | null;
  onSelect: (key: string | null) => void;
  hideDone: boolean;
  children: ReactNode;
}

/** The drawn graph: statuses are painted onto it as they come, its layout never changes. */
export function GraphTab({ hidden, selected, onSelect, hideDone, children }: GraphTabProps) {
  const store = useRunStore();
  const frame = useRef<HTMLDivElement>(null);
  const panZoom = usePanZoom(frame);
  const total = useRun(({ run }) => totalOf(run.counts));
  const loaded = useRun(({ tasks }) => tasks !== null);
  const groups = useGroups(frame);
  const { show } = panZoom;

  useTaskChanges((tasks) => {
    const svg = frame.current?.querySelector("svg.graph:not(.grouped)");
    if (svg) for (const task of tasks ?? store.tasks ?? []) paintNode(svg, task);
  });
  useEffect(() => {
    if (frame.current) makeOperable(frame.current);
  }, []);
  useEffect(() => {
    frame.current?.querySelector("svg.graph")?.classList.toggle("hide-done", hideDone);
  }, [hideDone]);
  useEffect(() => {
    if (!frame.current || !loaded) return;
    const task = store.tasks?.find((each) => each.key === selected) ?? null;
    const box = paintSelection(frame.current, task?.id ?? null);
    if (box) show(box);
  }, [selected, loaded, store, show]);

  function onClick(event: MouseEvent) {
    const node = (event.target as Element).closest<SVGGElement>("[data-node], [data-group]");
    if (node) open(node);
  }
  function open(node: SVGGElement) {
    const { node: id, group } = node.dataset;
    if (group) groups.open(group);
    else if (id) onSelect(store.task(id)?.key ?? null);
  }
  function onKeyDown(event: KeyboardEvent) {
    const node = (event.target as Element).closest<SVGGElement>("[data-node], [data-group]");
    if (!node) return;
    if (event.key === "Enter" || event.key === " ") open(node);
    else {
      const next = neighbourOf(store, node, event.key);
      if (!next) return;
      node.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    }
    event.preventDefault();
  }

  return (
    // Clicks and keys bubble here from the graph's nodes, which are buttons.
    <div
      id="panel-graph"
      role="tabpanel"
      aria-labelledby="tab-graph"
      hidden={hidden}
      onClick={onClick}
      onKeyDown={onKeyDown}
      className="flex min-h-0 flex-1 flex-col [&[hidden]]:hidden"
    >
      <GraphFrame
        frame={frame}
        panZoom={panZoom}
        note={groups.grouped ? `${total.toLocaleString("en")} tasks, one node for each depth` : undefined}
      >
        {children}
      </GraphFrame>
      {groups.grouped && (groups.opened || selected) ? (
        <GroupTasks group={groups.opened} selected={selected} onSelect={onSelect} onClose={groups.close} />
      ) : null}
    </div>
  );
}
