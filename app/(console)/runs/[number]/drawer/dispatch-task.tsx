"use client";
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useToasts } from "../../../../components/frame/toasts";
import { useRefusal } from "../../../../components/frame/viewer";
import { useTRPC } from "../../../../components/trpc/providers";
import { Button } from "../../../../components/ui/button";
import { useRun } from "../run-context";
import type { RunTask } from "../run-store";

/** Dispatches this task; shown while it could be. */
export function DispatchTask({ task }: { task: RunTask }) {
  const trpc = useTRPC();
  const toasts = useToasts();
  const run = useRun((store) => store.run);
  const refusal = useRefusal("run.dispatch");
  const dispatch = useMutation(
    trpc.runs.dispatchReady.mutationOptions({
      onSuccess: (answer) =>
        toasts.done(answer.dispatched ? `Dispatched ${task.key}.` : `Nothing was dispatched: ${answer.reason}.`),
      onError: toasts.failed,
    }),
  );
  if ((task.status !== "created" && task.status !== "submit-failed") || run.status === "aborted") return null;
  const notReady =
    task.status === "created" && task.readiness !== "ready" ? "Its dependencies are not satisfied yet" : null;
  return (
    <Button
      size="sm"
      reason={refusal ?? notReady ?? (run.paused ? "The run is paused" : null)}
      busy={dispatch.isPending}
      onClick={() => dispatch.mutate({ runId: run.id, request: { keys: [task.key] } })}
    >
      <Play size={13} /> Dispatch
    </Button>
  );
}
