"use client";
import { useMutation } from "@tanstack/react-query";
import { AlertDialog } from "radix-ui";
import { useState } from "react";
import { errorText } from "../../../../components/trpc/error-text";
import { useTRPC } from "../../../../components/trpc/providers";
import { Button } from "../../../../components/ui/button";
import { Field, INPUT_CLASS } from "../../../../components/ui/field";
import { Notice } from "../../../../components/ui/notice";
import { useRun } from "../run-context";
import { abortConsequences } from "./abort-consequences";

/** Says in numbers what an abort will do before it is done; Cancel has the focus. */
export function AbortDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const run = useRun((store) => store.run);
  const [reason, setReason] = useState("");
  const abort = useMutation(trpc.runs.abort.mutationOptions({ onSuccess: () => onOpenChange(false) }));
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/45 backdrop-blur-[1px]" />
        <AlertDialog.Content className="fixed top-[16vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 animate-fade rounded-xl border border-line bg-raised p-5 shadow-float">
          <AlertDialog.Title className="text-base font-semibold">Abort run #{run.number}?</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <ul className="mt-3 space-y-1.5 text-sm" data-consequences>
              {abortConsequences(run.counts).map((line) => (
                <li key={line} className="flex gap-2">
                  <span aria-hidden="true" className="text-muted">
                    –
                  </span>
                  {line}
                </li>
              ))}
            </ul>
          </AlertDialog.Description>
          <div className="mt-4">
            <Field label="Reason" htmlFor="abort-reason" hint="Optional; kept with the run's events.">
              <input
                id="abort-reason"
                className={INPUT_CLASS}
                value={reason}
                maxLength={1_000}
                onChange={(event) => setReason(event.target.value)}
              />
            </Field>
          </div>
          {abort.error ? (
            <Notice kind="failed" role="alert" className="mt-3">
              {errorText(abort.error)}
            </Notice>
          ) : null}
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <Button
              kind="destroy"
              busy={abort.isPending}
              data-action="confirm-abort"
              onClick={() => abort.mutate({ runId: run.id, ...(reason.trim() ? { reason: reason.trim() } : {}) })}
            >
              {abort.isPending ? "Aborting…" : "Abort run"}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
