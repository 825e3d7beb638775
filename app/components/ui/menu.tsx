"use client";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

/** A menu that opens from a button. */
export function Menu(props: { trigger: ReactNode; label: string; children: ReactNode }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        aria-label={props.label}
        className="inline-flex h-8 items-center gap-2 rounded-md px-1.5 text-sm text-muted hover:bg-hover hover:text-fg data-[state=open]:bg-hover"
      >
        {props.trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-50 min-w-52 animate-fade rounded-lg border border-line bg-raised p-1 text-sm shadow-float"
        >
          {props.children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** One thing to do in a menu. */
export function MenuItem(props: { onSelect: () => void; icon?: ReactNode; hint?: ReactNode; children: ReactNode }) {
  return (
    <DropdownMenu.Item
      onSelect={props.onSelect}
      className="flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 outline-none data-[highlighted]:bg-hover"
    >
      <span className="text-muted">{props.icon}</span>
      <span className="flex-1">{props.children}</span>
      {props.hint}
    </DropdownMenu.Item>
  );
}

/** A line that parts a menu. */
export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}

/** Words at the head of a menu. */
export function MenuHead(props: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 py-1.5">{props.children}</DropdownMenu.Label>;
}
