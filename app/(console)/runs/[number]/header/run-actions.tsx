"use client";
import { useMutation } from "@tanstack/react-query";
import { FastForward, OctagonX, Play } from "lucide-react";
import { useState } from "react";
import { useShortcuts } from "../../../../components/frame/shortcuts";
import { useToasts } from "../../../../components/frame/toasts";
import { useRefusal } from "../../../../components/frame/viewer";
import { useTRPC } from "../../../../components/trpc/providers";
import { Button } from "../../../../components/ui/button";
import { Kbd } from "../../../../components/ui/kbd";
import { Switch } from "../../../../components/ui/switch";
import { useRun } from "../run-context";
import { AbortDialog } from "./abort-dialog";
import { type DispatchAnswer, DispatchAnswerPanel } from "./dispatch-answer";

/** Dispatch next, dispatch all, auto, abort; what may not be pressed says why. */
export function RunActions() {
  const trpc = useTRPC();
  const toasts = useToasts();
  const run = useRun((store) => store.run);
  const mayDispatch = useRefusal("run.dispatch");
  const mayAbort = useRefusal("run.abort");
  const [answer, setAnswer] = useState<DispatchAnswer | null>(null);
  const [asking, setAsking] = useState(false);
  const dispatch = useMutation(
    trpc.runs.dispatchReady.mutationOptions({
      onSuccess: (payload) => setAnswer({ at: Date.now(), payload }),
      onError: toasts.failed,
    }),
  );
  const mode = useMutation(trpc.runs.setDispatchMode.mutationOptions({ onError: toasts.failed }));

  const over =
    run.status === "aborted" ? "The run was aborted" : run.status === "success" ? "Every task has succeeded" : null;
  const noDispatch = mayDispatch ?? over ?? (run.paused ? "The run is paused" : null);
  // Pressing it while nothing is ready is allowed: the answer says what it waits for.
  const noDispatchAll = noDispatch ?? (run.dispatchableCount === 0 ? "No task is ready" : null);
  const noAbort =
    mayAbort ?? (run.status === "aborted" ? "The run was aborted already" : run.settled ? "The run is over" : null);

  function dispatchNext() {
    if (!noDispatch && !dispatch.isPending) dispatch.mutate({ runId: run.id, request: {} });
  }
  function dispatchAll() {
    if (!noDispatchAll && !dispatch.isPending)
      dispatch.mutate({ runId: run.id, request: { limit: Math.min(20_000, run.dispatchableCount) } });
  }
  useShortcuts({
    d: dispatchNext,
    D: dispatchAll,
    A: () => {
      if (!noAbort) setAsking(true);
    },
  });

  return (
    <>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button
          kind="primary"
          reason={noDispatch}
          busy={dispatch.isPending}
          onClick={dispatchNext}
          data-action="dispatch-next"
          className="max-w-full"
        >
          <Play size={14} />
          <span className="truncate">{run.nextReady ? `Dispatch next: ${run.nextReady.key}` : "Dispatch next"}</span>
          <Kbd className="max-md:hidden">d</Kbd>
        </Button>
        <Button reason={noDispatchAll} busy={dispatch.isPending} onClick={dispatchAll} data-action="dispatch-all">
          <FastForward size={14} />
          {run.dispatchableCount > 0
            ? `Dispatch all ${run.dispatchableCount.toLocaleString("en")}`
            : "Dispatch all ready"}
          <Kbd className="max-md:hidden">⇧ D</Kbd>
        </Button>
        <span className="mx-2">
          <Switch
            label="Auto-dispatch"
            checked={run.dispatch === "auto"}
            reason={mayDispatch ?? over ?? (mode.isPending ? "Being changed" : null)}
            onCheckedChange={(on) => mode.mutate({ runId: run.id, dispatch: on ? "auto" : "manual" })}
          />
        </span>
        <span className="flex-1" />
        <Button kind="danger" reason={noAbort} onClick={() => setAsking(true)} data-action="abort">
          <OctagonX size={14} className="text-failed" /> Abort <Kbd className="max-md:hidden">⇧ A</Kbd>
        </Button>
      </div>
      {answer ? <DispatchAnswerPanel answer={answer} onClose={() => setAnswer(null)} /> : null}
      <AbortDialog open={asking} onOpenChange={setAsking} />
    </>
  );
}
