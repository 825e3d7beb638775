"use client";
import { useMutation } from "@tanstack/react-query";
import { Popover } from "radix-ui";
import { useState } from "react";
import { useToasts } from "../../../../components/frame/toasts";
import { useRefusal } from "../../../../components/frame/viewer";
import { useTRPC } from "../../../../components/trpc/providers";
import { Button } from "../../../../components/ui/button";
import type { RunTask } from "../run-store";

const CANCELABLE = new Set(["created", "dispatched", "queued", "running"]);

/** Cancels the task after one question; shown while there is something to cancel. */
export function CancelTask({ task }: { task: RunTask }) {
  const trpc = useTRPC();
  const toasts = useToasts();
  const refusal = useRefusal("task.cancel");
  const [asking, setAsking] = useState(false);
  const cancel = useMutation(
    trpc.tasks.cancel.mutationOptions({ onError: toasts.failed, onSettled: () => setAsking(false) }),
  );
  if (!CANCELABLE.has(task.status)) return null;
  const held = task.status === "queued" || task.status === "running";
  return (
    <Popover.Root open={asking} onOpenChange={(open) => setAsking(open && !refusal)}>
      <Popover.Anchor asChild>
        <span>
          <Button size="sm" reason={refusal} onClick={() => setAsking(true)}>
            Cancel task
          </Button>
        </span>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          className="z-50 w-72 animate-fade rounded-lg border border-line bg-raised p-3.5 text-sm shadow-float"
        >
          <p className="font-medium">Cancel {task.key}?</p>
          <p className="mt-1 text-muted">
            {held ? "Its process gets SIGTERM, then SIGKILL after the grace period." : "It will not be started."} What
            needs it cannot run then.
          </p>
          <div className="mt-3 flex justify-end gap-2">
            <Button size="sm" onClick={() => setAsking(false)}>
              Keep
            </Button>
            <Button size="sm" kind="destroy" busy={cancel.isPending} onClick={() => cancel.mutate({ taskId: task.id })}>
              {cancel.isPending ? "Canceling…" : "Cancel task"}
            </Button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
