import clsx from "clsx";
import { CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";

/** A line that stands out: something to know (`info`), to act on (`attention`) or that went wrong (`failed`). */
export function Notice(props: {
  kind: "info" | "attention" | "failed";
  children: ReactNode;
  role?: "alert" | "status";
  className?: string;
}) {
  const Icon = props.kind === "info" ? Info : CircleAlert;
  return (
    <div
      role={props.role}
      className={clsx(
        "flex items-start gap-2.5 rounded-lg border bg-raised px-3.5 py-2.5 text-sm",
        props.kind === "failed" ? "border-failed" : props.kind === "attention" ? "border-attention" : "border-line",
        props.className,
      )}
    >
      <Icon
        size={16}
        className={clsx(
          "mt-0.5 shrink-0",
          props.kind === "failed" ? "text-failed" : props.kind === "attention" ? "text-attention" : "text-muted",
        )}
      />
      <div className="min-w-0 flex-1">{props.children}</div>
    </div>
  );
}
