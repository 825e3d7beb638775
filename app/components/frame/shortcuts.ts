"use client";
import { useEffect, useRef, useSyncExternalStore } from "react";

const SETTING_KEY = "switchyard.single-key-shortcuts";
const listeners = new Set<() => void>();

/** Whether single keys do something in this browser. */
export function useShortcutsOn(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => localStorage.getItem(SETTING_KEY) !== "off",
    () => true,
  );
  return [on, setShortcutsOn];
}

function setShortcutsOn(on: boolean): void {
  if (on) localStorage.removeItem(SETTING_KEY);
  else localStorage.setItem(SETTING_KEY, "off");
  for (const listener of listeners) listener();
}

/** Keys as `event.key` names them; two keys in a row with a space between ("g r"). */
export type Shortcuts = Record<string, () => void>;

const SEQUENCE_MS = 1_200;

/** Calls what a key stands for while this component is shown, unless somebody is typing or a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (isTyping(event.target) || document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]'))
        return;
      if (event.key !== "Escape" && localStorage.getItem(SETTING_KEY) === "off") return;
      const pair = first && Date.now() - first.at < SEQUENCE_MS ? `${first.key} ${event.key}` : null;
      first = { key: event.key, at: Date.now() };
      const action =
        (pair && latest.current[pair]) || (pair && startsPair(pair) ? undefined : latest.current[event.key]);
      if (!action) return;
      // A button or link with focus keeps its own Enter.
      if (event.key === "Enter" && isControl(event.target)) return;
      event.preventDefault();
      first = null;
      action();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** A key after `g` belongs to `g`, in every component that listens. */
function startsPair(pair: string): boolean {
  return pair.startsWith("g ");
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role=textbox], [role=combobox]") !== null)
  );
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, [role=button], [role=switch]") !== null;
}
