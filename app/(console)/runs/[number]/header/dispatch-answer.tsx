"use client";
import type { inferRouterOutputs } from "@trpc/server";
import { CircleCheck, CircleSlash, X } from "lucide-react";
import type { AppRouter } from "@/server/api/trpc/app-router";
import { CopyButton } from "../../../../components/ui/copy-button";
import { formatClock } from "../../../../components/ui/format-time";

export interface DispatchAnswer {
  at: number;
  payload: inferRouterOutputs<AppRouter>["runs"]["dispatchReady"];
}

/** What the server answered to the last dispatch, word for word; it stays until it is closed or replaced. */
export function DispatchAnswerPanel({ answer, onClose }: { answer: DispatchAnswer; onClose: () => void }) {
  const { payload } = answer;
  const json = JSON.stringify(payload, null, 2);
  return (
    <section
      role="status"
      aria-label="Answer to the dispatch"
      data-dispatched={payload.dispatched}
      className="mt-3 animate-rise overflow-hidden rounded-lg border border-line bg-raised"
    >
      <header className="flex min-h-10 items-center gap-2 py-1 pr-1.5 pl-3 text-sm">
        {payload.dispatched ? (
          <CircleCheck size={16} className="shrink-0 text-success" />
        ) : (
          <CircleSlash size={16} className="shrink-0 text-attention" />
        )}
        <p className="min-w-0 flex-1">
          {sentence(payload)} <span className="text-muted tabular-nums">{formatClock(answer.at)}</span>
        </p>
        <CopyButton text={json} label="Copy JSON" />
        <button
          type="button"
          aria-label="Close the answer"
          onClick={onClose}
          className="grid size-7 place-items-center rounded text-muted hover:bg-hover hover:text-fg"
        >
          <X size={15} />
        </button>
      </header>
      <details className="border-t border-line" open>
        <summary className="px-3 py-1.5 text-xs text-muted hover:text-fg">Payload</summary>
        <pre
          className="max-h-40 overflow-auto border-t border-line bg-panel px-3 py-2 font-mono text-xs leading-5"
          data-dispatch-payload
        >
          {json}
        </pre>
      </details>
    </section>
  );
}

function sentence(payload: DispatchAnswer["payload"]): string {
  if (!payload.dispatched) return `Nothing was dispatched: ${payload.reason}.`;
  const keys = payload.tasks.map((task) => task.key);
  return keys.length <= 3 ? `Dispatched ${keys.join(", ")}.` : `Dispatched ${keys.length} tasks, ${keys[0]} first.`;
}
