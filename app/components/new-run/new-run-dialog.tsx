"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { DispatchMode } from "@/server/core/status";
import { useRefusal } from "../frame/viewer";
import { errorText } from "../trpc/error-text";
import { useTRPC } from "../trpc/providers";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field, INPUT_CLASS } from "../ui/field";
import { Notice } from "../ui/notice";
import { DispatchChoice } from "./dispatch-choice";

interface NewRunDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  templateId: string | null;
}

/** Starts a run of a template and goes to its page. */
export function NewRunDialog({ open, onOpenChange, templateId }: NewRunDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const refusal = useRefusal("run.create");
  const templates = useQuery({ ...trpc.screens.templates.queryOptions(), enabled: open });
  const [chosenId, setChosenId] = useState(templateId);
  const [dispatch, setDispatch] = useState<DispatchMode | null>(null);
  const [title, setTitle] = useState("");
  const create = useMutation(
    trpc.runs.create.mutationOptions({
      onSuccess: (run) => {
        onOpenChange(false);
        setTitle("");
        setDispatch(null);
        router.push(`/runs/${run.number}`);
      },
    }),
  );
  const template = templates.data?.find((each) => each.id === chosenId) ?? templates.data?.[0];
  const mode = dispatch ?? template?.dispatch ?? "manual";

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!template || refusal || create.isPending) return;
    create.mutate({
      workflow_template_id: template.id,
      dispatch: mode,
      ...(title.trim() ? { title: title.trim() } : {}),
    });
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="New run" description="Runs a template's newest version.">
      {templates.data?.length === 0 ? (
        <p className="text-sm text-muted">
          There is no template yet.{" "}
          <Link href="/templates" onClick={() => onOpenChange(false)} className="text-fg underline underline-offset-2">
            See how to make one
          </Link>
        </p>
      ) : (
        <form onSubmit={submit} className="space-y-4">
          <Field
            label="Template"
            htmlFor="new-run-template"
            hint={template ? `${count(template.steps, "step")}, version ${template.version}` : "Loading templates…"}
          >
            <select
              id="new-run-template"
              className={INPUT_CLASS}
              value={template?.id ?? ""}
              onChange={(event) => {
                setChosenId(event.target.value);
                setDispatch(null);
              }}
            >
              {templates.data?.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          </Field>
          <DispatchChoice value={mode} onChange={setDispatch} />
          <Field label="Title" htmlFor="new-run-title" hint="Optional; shown in lists instead of the template's name.">
            <input
              id="new-run-title"
              className={INPUT_CLASS}
              value={title}
              maxLength={200}
              placeholder={template?.name}
              onChange={(event) => setTitle(event.target.value)}
            />
          </Field>
          {templates.error || create.error ? (
            <Notice kind="failed" role="alert">
              {errorText(templates.error ?? create.error)}
            </Notice>
          ) : null}
          <div className="flex justify-end gap-2 pt-1">
            <Button onClick={() => onOpenChange(false)}>Cancel</Button>
            <Button
              type="submit"
              kind="primary"
              reason={refusal ?? (template ? null : "Choose a template first")}
              busy={create.isPending}
            >
              {create.isPending ? "Creating…" : "Create run"}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function count(number: number, word: string): string {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}
