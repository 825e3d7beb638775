import clsx from "clsx";
import { type ComponentProps, useId } from "react";

type Kind = "primary" | "secondary" | "ghost" | "danger" | "destroy";

const KINDS: Record<Kind, string> = {
  primary: "bg-accent text-accent-fg border-transparent hover:bg-accent-hover shadow-card",
  secondary: "bg-raised text-fg border-line-strong hover:bg-hover shadow-card",
  ghost: "bg-transparent text-muted border-transparent hover:bg-hover hover:text-fg",
  /** Leads to a question before something is destroyed. */
  danger: "bg-raised text-fg border-line-strong hover:border-failed hover:bg-hover shadow-card",
  /** Destroys it. */
  destroy: "bg-failed text-bg border-transparent hover:opacity-90 shadow-card",
};
const SIZES = { sm: "h-7 px-2 text-[0.8125rem] gap-1.5", md: "h-8 px-3 text-sm gap-2", icon: "h-8 w-8 justify-center" };

export interface ButtonProps extends ComponentProps<"button"> {
  kind?: Kind;
  size?: keyof typeof SIZES;
  /** Why it cannot be pressed now; a button with a reason stays focusable, so that the reason can be found. */
  reason?: string | null | undefined;
  busy?: boolean;
}

/** A button that, when it cannot be used, is disabled and says why. */
export function Button(props: ButtonProps) {
  const { kind = "secondary", size = "md", reason, busy = false, className, children, onClick, title, ...rest } = props;
  const reasonId = useId();
  const off = Boolean(reason) || busy;
  return (
    <>
      <button
        type="button"
        {...rest}
        aria-disabled={off || undefined}
        aria-busy={busy || undefined}
        aria-describedby={reason ? reasonId : rest["aria-describedby"]}
        title={reason ?? title}
        onClick={(event) => {
          if (off) event.preventDefault();
          else onClick?.(event);
        }}
        className={clsx(
          "inline-flex shrink-0 items-center rounded-md border font-medium whitespace-nowrap transition-colors",
          "aria-disabled:cursor-not-allowed aria-disabled:opacity-55",
          KINDS[kind],
          SIZES[size],
          className,
        )}
      >
        {children}
      </button>
      {reason ? (
        <span id={reasonId} className="sr-only">
          {reason}
        </span>
      ) : null}
    </>
  );
}
