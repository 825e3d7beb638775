"use client";
import { Keyboard, LogOut } from "lucide-react";
import { signOut } from "next-auth/react";
import { Kbd } from "../ui/kbd";
import { Menu, MenuHead, MenuItem, MenuLine } from "../ui/menu";
import { useViewer } from "./viewer";

/** Who is signed in, and the way out. */
export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const viewer = useViewer();
  return (
    <Menu
      label={`Account of ${viewer.name}`}
      trigger={
        <span className="grid size-6 place-items-center rounded-full bg-selected text-xs font-semibold text-fg uppercase">
          {viewer.name.slice(0, 1)}
        </span>
      }
    >
      <MenuHead>
        <span className="block font-medium">{viewer.name}</span>
        <span className="block text-xs text-muted">{viewer.email}</span>
        <span className="mt-1 block text-xs text-muted">
          {viewer.role} of {viewer.teamName}
        </span>
      </MenuHead>
      <MenuLine />
      <MenuItem icon={<Keyboard size={15} />} hint={<Kbd>?</Kbd>} onSelect={onHelp}>
        Keyboard
      </MenuItem>
      <MenuItem icon={<LogOut size={15} />} onSelect={() => void signOut({ callbackUrl: "/sign-in" })}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
