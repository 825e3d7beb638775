import clsx from "clsx";
import { type DisplayStatus, LOOKS } from "./display-status";

const FAMILY_CLASS = {
  neutral: "family-neutral",
  active: "family-active",
  success: "family-success",
  attention: "family-attention",
  failed: "family-failed",
  aborted: "family-aborted",
} as const;

/** The shape and colour of a status; the word stands beside it, or in `label` when it cannot. */
export function StatusIcon(props: { status: DisplayStatus; size?: number; label?: boolean; className?: string }) {
  const { status, size = 16, label = false, className } = props;
  const look = LOOKS[status];
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role={label ? "img" : undefined}
      aria-label={label ? look.word : undefined}
      aria-hidden={label ? undefined : true}
      className={clsx("shrink-0", FAMILY_CLASS[look.family], className)}
    >
      <use href={`#s-${status}`} />
    </svg>
  );
}

/** Icon and word of a status, in a line of text. */
export function StatusWord(props: { status: DisplayStatus; className?: string }) {
  return (
    <span className={clsx("inline-flex items-center gap-1.5 whitespace-nowrap", props.className)}>
      <StatusIcon status={props.status} />
      {LOOKS[props.status].word}
    </span>
  );
}

/** Icon and word of a status in a frame, for headers. */
export function StatusPill({ status }: { status: DisplayStatus }) {
  return (
    <span
      data-status={status}
      className="inline-flex h-7 items-center gap-1.5 rounded-full border border-line-strong bg-raised pr-3 pl-2 text-sm font-medium whitespace-nowrap"
    >
      <StatusIcon status={status} />
      {LOOKS[status].word}
    </span>
  );
}
