"use client";
import { Play } from "lucide-react";
import { useRefusal } from "../../../components/frame/viewer";
import { useNewRun } from "../../../components/new-run/new-run-provider";
import { Button } from "../../../components/ui/button";

/** Opens the New run dialog with this template. */
export function RunTemplate({ templateId, archived }: { templateId: string; archived: boolean }) {
  const newRun = useNewRun();
  const refusal = useRefusal("run.create");
  return (
    <Button
      kind="primary"
      reason={refusal ?? (archived ? "The template is archived" : null)}
      onClick={() => newRun.open(templateId)}
    >
      <Play size={14} /> Run
    </Button>
  );
}
