"use client";
import { PanelLeft } from "lucide-react";
import { useEffect } from "react";
import { toggleNav } from "./theme";

/** Narrows the side bar to its icons. */
export function CollapseButton() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "b" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      toggleNav();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <button
      type="button"
      onClick={toggleNav}
      title="Collapse or expand (Ctrl+B)"
      aria-label="Collapse or expand the side bar"
      className="grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-fg"
    >
      <PanelLeft size={16} />
    </button>
  );
}
