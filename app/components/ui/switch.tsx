"use client";
import clsx from "clsx";
import { Switch as Radix } from "radix-ui";
import { useId } from "react";

interface SwitchProps {
  label: string;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  reason?: string | null;
}

/** An on-off switch with its label; one that may not be used says why. */
export function Switch({ label, checked, onCheckedChange, reason }: SwitchProps) {
  const id = useId();
  return (
    <span className="inline-flex h-8 items-center gap-2" title={reason ?? undefined}>
      <Radix.Root
        id={id}
        checked={checked}
        aria-disabled={reason ? true : undefined}
        aria-describedby={reason ? `${id}-why` : undefined}
        onCheckedChange={(value) => {
          if (!reason) onCheckedChange(value);
        }}
        className="relative h-5 w-9 rounded-full border border-line-strong bg-line transition-colors aria-disabled:cursor-not-allowed aria-disabled:opacity-55 data-[state=checked]:border-active data-[state=checked]:bg-active"
      >
        <Radix.Thumb className="block size-4 translate-x-px rounded-full bg-white shadow transition-transform data-[state=checked]:translate-x-[17px]" />
      </Radix.Root>
      <label htmlFor={id} className={clsx("text-sm font-medium whitespace-nowrap", reason && "opacity-55")}>
        {label}
      </label>
      {reason ? (
        <span id={`${id}-why`} className="sr-only">
          {reason}
        </span>
      ) : null}
    </span>
  );
}
