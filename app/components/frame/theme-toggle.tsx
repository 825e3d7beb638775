"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useState } from "react";
import { applyTheme, readTheme, type ThemeChoice } from "./theme";

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: Monitor, light: Sun, dark: Moon };

/** Steps through the system's theme, light and dark. */
export function ThemeToggle() {
  const [choice, setChoice] = useState<ThemeChoice>("system");
  useEffect(() => {
    setChoice(readTheme());
    const media = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => applyTheme(readTheme());
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  const Icon = ICONS[choice];
  return (
    <button
      type="button"
      className="grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-fg"
      title={`Theme: ${choice}`}
      aria-label={`Theme: ${choice}. Change to ${NEXT[choice]}`}
      onClick={() => {
        applyTheme(NEXT[choice]);
        setChoice(NEXT[choice]);
      }}
    >
      <Icon size={16} />
    </button>
  );
}
