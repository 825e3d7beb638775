"use client";
import clsx from "clsx";
import type { DispatchMode } from "@/server/core/status";

const CHOICES: { mode: DispatchMode; label: string; hint: string }[] = [
  { mode: "manual", label: "Manual", hint: "You press Dispatch for what is ready." },
  { mode: "auto", label: "Auto", hint: "Whatever is ready starts by itself." },
];

/** Who dispatches: a person, or the run itself. */
export function DispatchChoice(props: { value: DispatchMode; onChange: (mode: DispatchMode) => void }) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">Dispatch</legend>
      <div className="grid grid-cols-2 gap-2">
        {CHOICES.map(({ mode, label, hint }) => (
          <label
            key={mode}
            className={clsx(
              "cursor-pointer rounded-lg border px-3 py-2.5 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-focus",
              props.value === mode ? "border-fg bg-hover" : "border-line-strong hover:bg-hover",
            )}
          >
            <input
              type="radio"
              name="dispatch"
              value={mode}
              checked={props.value === mode}
              onChange={() => props.onChange(mode)}
              className="sr-only"
            />
            <span className="block text-sm font-medium">{label}</span>
            <span className="block text-xs text-muted">{hint}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
