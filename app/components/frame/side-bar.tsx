import Link from "next/link";
import { CollapseButton } from "./collapse-button";
import { Logo } from "./logo";
import { Nav } from "./nav";

/** The bar at the left: team, places, version. */
export function SideBar({ teamName, version }: { teamName: string; version: string }) {
  return (
    <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r border-line bg-panel collapsed:w-[52px] md:flex">
      <Link href="/runs" className="flex h-14 items-center gap-2.5 px-3.5" title="Switchyard">
        <Logo />
        <span className="min-w-0 leading-tight collapsed:sr-only">
          <span className="block text-sm font-semibold">Switchyard</span>
          <span className="block truncate text-xs text-muted">{teamName}</span>
        </span>
      </Link>
      <div className="mt-2 flex-1">
        <Nav kind="side" />
      </div>
      <div className="flex h-12 items-center justify-between px-2">
        <CollapseButton />
        <span className="pr-2 text-xs text-muted tabular-nums collapsed:hidden">v{version}</span>
      </div>
    </aside>
  );
}
