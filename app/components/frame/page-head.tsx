import type { ReactNode } from "react";

/** A page's title with what can be done here at its right. */
export function PageHead(props: { title: string; note?: ReactNode; children?: ReactNode }) {
  return (
    <div className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1">
        <h1 className="text-xl font-semibold tracking-tight">{props.title}</h1>
        {props.note ? <p className="mt-0.5 text-sm text-muted">{props.note}</p> : null}
      </div>
      {props.children ? <div className="flex flex-wrap items-center gap-2">{props.children}</div> : null}
    </div>
  );
}
