"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button";
import { copyText } from "./copy-text";

/** Copies a text and says so. */
export function CopyButton({ text, label = "Copy" }: { text: string | (() => string); label?: string }) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <Button
      kind="ghost"
      size="sm"
      onClick={async () => setState((await copyText(typeof text === "string" ? text : text())) ? "copied" : "refused")}
    >
      {state === "copied" ? <Check size={14} /> : <Copy size={14} />}
      <span aria-live="polite">
        {state === "copied" ? "Copied" : state === "refused" ? "Select and copy by hand" : label}
      </span>
    </Button>
  );
}
