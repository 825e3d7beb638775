"use client";
import clsx from "clsx";
import { Button } from "../../../components/ui/button";
import { Kbd } from "../../../components/ui/kbd";
import type { Tab } from "./read-selection";

const LABELS: { tab: Tab; label: string; key: string }[] = [
  { tab: "graph", label: "Graph", key: "1" },
  { tab: "list", label: "List", key: "2" },
  { tab: "events", label: "Events", key: "4" },
];

interface RunTabsProps {
  tab: Tab;
  onTab: (tab: Tab) => void;
  hideDone: boolean;
  onHideDone: (hide: boolean) => void;
}

/** Graph, list or events. The list says everything the graph says. */
export function RunTabs({ tab, onTab, hideDone, onHideDone }: RunTabsProps) {
  return (
    <div className="flex items-end justify-between gap-3 border-b border-line px-4 md:px-6">
      <div role="tablist" aria-label="Views of this run" className="-mb-px flex gap-1">
        {LABELS.map(({ tab: each, label, key }) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab-${each}`}
            aria-selected={each === tab}
            aria-controls={`panel-${each}`}
            onClick={() => onTab(each)}
            className={clsx(
              "inline-flex h-10 items-center gap-1.5 border-b-2 px-2.5 text-sm font-medium",
              each === tab ? "border-fg text-fg" : "border-transparent text-muted hover:text-fg",
            )}
          >
            {label}
            <Kbd className="max-md:hidden">{key}</Kbd>
          </button>
        ))}
      </div>
      {tab === "events" ? null : (
        <Button kind="ghost" size="sm" className="mb-1.5" aria-pressed={hideDone} onClick={() => onHideDone(!hideDone)}>
          {hideDone ? "Show succeeded" : "Hide succeeded"} <Kbd className="max-md:hidden">H</Kbd>
        </Button>
      )}
    </div>
  );
}
