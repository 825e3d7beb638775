"use client";
import clsx from "clsx";
import { Play } from "lucide-react";
import Link from "next/link";
import type { TemplateCard } from "@/server/read/templates-page";
import { useRefusal } from "../../components/frame/viewer";
import { useNewRun } from "../../components/new-run/new-run-provider";
import { LOOKS, runDisplayStatus } from "../../components/status/display-status";
import { StatusIcon } from "../../components/status/status-icon";
import { Button } from "../../components/ui/button";
import { Ago } from "../../components/ui/time";

interface TemplateRowProps {
  template: TemplateCard;
  current: boolean;
  rowRef: (element: HTMLElement | null) => void;
}

/** A template in the list: what it is, how its last runs went, and Run. */
export function TemplateRow({ template, current, rowRef }: TemplateRowProps) {
  const newRun = useNewRun();
  const refusal = useRefusal("run.create");
  return (
    <li
      ref={rowRef}
      data-template={template.name}
      className={clsx(
        "relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-2 border-b border-line px-4 py-3.5 last:border-0 hover:bg-hover md:grid-cols-[minmax(0,1fr)_auto_8rem_auto]",
        current && "bg-selected shadow-[inset_2px_0_0_var(--focus)]",
      )}
    >
      <div className="min-w-0">
        <Link href={`/templates/${template.id}`} className="flex items-baseline gap-2 after:absolute after:inset-0">
          <span className="truncate text-sm font-medium">{template.name}</span>
          <span className="shrink-0 text-xs text-muted tabular-nums">v{template.version}</span>
        </Link>
        <p className="truncate text-xs text-muted">
          {template.steps.toLocaleString("en")} {template.steps === 1 ? "step" : "steps"} · {template.dispatch}
          {template.description ? ` · ${template.description}` : ""}
        </p>
      </div>
      <ol className="relative flex flex-row-reverse gap-0.5 max-md:hidden" aria-label="Last runs, newest first">
        {template.lastRuns.map((run) => {
          const status = runDisplayStatus(run.status, run.settled);
          return (
            <li key={run.number}>
              <Link
                href={`/runs/${run.number}`}
                title={`#${run.number} ${LOOKS[status].word}`}
                aria-label={`Run ${run.number}: ${LOOKS[status].word}`}
                className="grid size-7 place-items-center rounded hover:bg-selected"
              >
                <StatusIcon status={status} size={14} />
              </Link>
            </li>
          );
        })}
      </ol>
      <p className="text-right text-xs text-muted max-md:hidden">
        {template.lastRuns[0] ? (
          <>
            run <Ago at={template.lastRuns[0].createdAt} />
          </>
        ) : (
          "never run"
        )}
      </p>
      <span className="relative">
        <Button size="sm" reason={refusal} onClick={() => newRun.open(template.id)}>
          <Play size={13} /> Run
        </Button>
      </span>
    </li>
  );
}
