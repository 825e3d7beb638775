import type { ReactNode } from "react";

export const INPUT_CLASS =
  "h-9 w-full rounded-md border border-line-strong bg-bg px-3 text-sm shadow-card placeholder:text-muted/80 hover:border-muted";

/** A labelled input with its hint. */
export function Field(props: { label: string; htmlFor: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <div className="space-y-1.5">
      <label htmlFor={props.htmlFor} className="block text-sm font-medium">
        {props.label}
      </label>
      {props.children}
      {props.hint ? <p className="text-xs text-muted">{props.hint}</p> : null}
    </div>
  );
}
