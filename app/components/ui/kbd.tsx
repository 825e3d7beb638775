import clsx from "clsx";

/** A key, as a hint beside what it does. */
export function Kbd(props: { children: string; className?: string }) {
  return (
    <kbd
      className={clsx(
        "inline-flex h-[18px] min-w-[18px] items-center justify-center rounded border border-current/25 px-1 font-sans text-[11px] leading-none opacity-70",
        props.className,
      )}
    >
      {props.children}
    </kbd>
  );
}
